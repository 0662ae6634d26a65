use super::reader::Reader;

/// Section `[egress]`: private and loopback targets the program may call, as exact `host:port`.
#[derive(Debug, Clone, Default)]
pub struct Egress {
    /// `egress.allow`.
    pub allow: Vec<String>,
}

impl Egress {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let allow: Vec<String> = reader.list("egress.allow", "host:port").unwrap_or_default();
        for target in &allow {
            if !is_host_and_port(target) {
                let what = format!("an exact host:port is expected, not {target:?}");
                reader.problem("egress.allow", what);
            }
        }
        Self { allow }
    }
}

fn is_host_and_port(target: &str) -> bool {
    let Some((host, port)) = target.rsplit_once(':') else { return false };
    let host_ok = !host.is_empty() && !host.contains(['*', '/', '@', ' ']);
    host_ok && port.parse::<u16>().is_ok_and(|port| port > 0)
}
