use chrono::{DateTime, Utc};
use sqlx::{Postgres, QueryBuilder};

/// One condition on the events: any of its values or, with `not`, none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Excludes.
    pub not: bool,
    /// What is compared.
    pub on: On,
}

/// What a [`Clause`] compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// Kind and id of who acted; 0 for those without an id.
    Actors(Vec<(String, i64)>),
    /// Actions, whole or by their beginning.
    Actions {
        /// Whole.
        whole: Vec<String>,
        /// Beginnings.
        beginnings: Vec<String>,
    },
    /// Rows, whole kinds or single ones.
    Objects {
        /// Whole kinds.
        kinds: Vec<String>,
        /// Single rows.
        rows: Vec<(String, i64)>,
    },
    /// Sites by id, and events without a site.
    Sites {
        /// By id.
        ids: Vec<i64>,
        /// Without one.
        none: bool,
    },
    /// Outcomes.
    Outcomes(Vec<String>),
}

/// Which events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFilter {
    /// From this instant on.
    pub from: DateTime<Utc>,
    /// Only before this one.
    pub until: Option<DateTime<Utc>>,
    /// All must hold.
    pub clauses: Vec<Clause>,
}

/// Writes `WHERE …` over `audit_event AS e`. Events without a site are only for those who see all.
pub(super) fn push_where(
    query: &mut QueryBuilder<Postgres>,
    filter: &AuditFilter,
    sites: Option<&[i64]>,
) {
    query.push(" WHERE e.at >= ").push_bind(filter.from);
    if let Some(until) = filter.until {
        query.push(" AND e.at < ").push_bind(until);
    }
    if let Some(sites) = sites {
        query.push(" AND e.site_id = ANY(").push_bind(sites.to_vec()).push(")");
    }
    for clause in &filter.clauses {
        query.push(if clause.not { " AND NOT (" } else { " AND (" });
        push_clause(query, &clause.on);
        query.push(")");
    }
}

fn push_clause(query: &mut QueryBuilder<Postgres>, on: &On) {
    match on {
        On::Actors(actors) => {
            query.push("(e.actor_kind, coalesce(e.actor_id, 0)) IN ");
            push_pairs(query, actors);
        }
        On::Actions { whole, beginnings } => {
            query.push("e.action = ANY(").push_bind(whole.clone());
            query.push(") OR EXISTS (SELECT FROM unnest(").push_bind(beginnings.clone());
            query.push("::text[]) AS b (word) WHERE starts_with(e.action, b.word))");
        }
        On::Objects { kinds, rows } => {
            // Each row by itself, so that the index of rows finds them.
            query.push("e.entity = ANY(").push_bind(kinds.clone()).push(")");
            for (kind, id) in rows {
                query.push(" OR e.entity = ").push_bind(kind.clone());
                query.push(" AND e.entity_id = ").push_bind(*id);
            }
        }
        On::Sites { ids, none } => {
            query.push("CASE WHEN e.site_id IS NULL THEN ").push_bind(*none);
            query.push(" ELSE e.site_id = ANY(").push_bind(ids.clone()).push(") END");
        }
        On::Outcomes(words) => {
            query.push("e.outcome = ANY(").push_bind(words.clone()).push(")");
        }
    }
}

fn push_pairs(query: &mut QueryBuilder<Postgres>, pairs: &[(String, i64)]) {
    let (words, ids): (Vec<String>, Vec<i64>) = pairs.iter().cloned().unzip();
    query.push("(SELECT * FROM unnest(").push_bind(words);
    query.push("::text[], ").push_bind(ids).push("::bigint[]))");
}
