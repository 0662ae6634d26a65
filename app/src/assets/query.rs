use domain::ids::AssetId;
use domain::views::assets::AssetSearch;

use crate::ui::Query;

/// Whether the address asks for a list instead of the tree.
pub(super) fn is_list(query: &Query) -> bool {
    ["q", "kind", "crit", "status", "under"].iter().any(|key| query.get(key).is_some())
}

/// What an address lists; unknown words are left out.
pub fn listed(query: &Query) -> AssetSearch {
    fn word<T: std::str::FromStr>(query: &Query, key: &str) -> Option<T> {
        query.get(key).and_then(|word| word.parse().ok())
    }
    AssetSearch {
        q: query.get("q").unwrap_or_default().to_owned(),
        under: word(query, "under"),
        direct: false,
        kind: word(query, "kind"),
        criticality: word(query, "crit"),
        status: word(query, "status"),
        after: query.get("after").map(str::to_owned),
    }
}

/// The nodes of the tree that the address opens.
pub(super) fn opened(query: &Query) -> Vec<AssetId> {
    query.list("open").into_iter().filter_map(|id| id.parse().ok()).collect()
}

/// The same address with other nodes open.
pub(super) fn opening(query: &Query, open: impl IntoIterator<Item = i64>) -> Query {
    let ids: Vec<String> = open.into_iter().map(|id| id.to_string()).collect();
    // Nothing open is said, too: a single site would open by itself otherwise.
    let ids = if ids.is_empty() { "0".to_owned() } else { ids.join(",") };
    query.with("open", &ids)
}

/// Where the file with the same assets is.
pub(super) fn export_href(query: &Query) -> String {
    let all = Query::of("/export/assets.csv");
    ["q", "kind", "crit", "status", "under"]
        .iter()
        .filter_map(|key| Some((*key, query.get(key)?)))
        .fold(all, |to, (key, value)| to.with(key, value))
        .href()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_question_makes_a_list() {
        assert!(!is_list(&Query::of("/assets").with("open", "1,2").with("node", "3")));
        assert!(is_list(&Query::of("/assets").with("q", "mill")));
        assert!(is_list(&Query::of("/assets").with("under", "3")));
    }

    #[test]
    fn unknown_words_of_the_address_are_left_out() {
        let query =
            Query::of("/assets").with("kind", "robot").with("crit", "high").with("under", "x");
        let search = listed(&query);
        assert_eq!((search.kind, search.under), (None, None));
        assert_eq!(search.criticality.map(|c| c.as_str()), Some("high"));
    }

    #[test]
    fn an_export_asks_what_the_list_asks() {
        let query = Query::of("/assets").with("q", "a b").with("open", "1").with("after", "x");
        assert_eq!(export_href(&query), "/export/assets.csv?q=a%20b");
    }

    #[test]
    fn closing_the_last_node_stays_closed() {
        let query = Query::of("/assets");
        assert_eq!(opening(&query, []).href(), "/assets?open=0");
        assert_eq!(opened(&opening(&query, [4, 7])), [AssetId(4), AssetId(7)]);
    }
}
