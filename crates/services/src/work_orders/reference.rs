//! Our reference of a work order in a CMMS: derived, so that a restored backup asks with the same
//! one, and keyed, so that nobody outside can guess it.

use domain::ids::{AlertId, AssetId, ConnectionId};
use sha2::{Digest, Sha256};

const BLOCK: usize = 64;
/// Crockford's: no I, L, O, U, so that a reference survives being read aloud.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What a reference is derived from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin<'a> {
    /// A prediction: the event that opened the alert, and which attempt of the alert it is.
    Event { event_id: &'a str, attempt_no: i32 },
    /// A person: the idempotency key of the request.
    Request { alert: AlertId, key: &'a str },
}

/// The reference, `MW-` and 16 characters: the first 80 bits of HMAC-SHA-256 under the
/// installation's key.
pub(crate) fn derive(
    installation_key: &[u8],
    connection: ConnectionId,
    asset: AssetId,
    failure_mode: &str,
    origin: Origin<'_>,
) -> String {
    let mut message = Vec::with_capacity(128);
    let mut field = |bytes: &[u8]| {
        message.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        message.extend_from_slice(bytes);
    };
    field(&connection.0.to_be_bytes());
    field(&asset.0.to_be_bytes());
    field(failure_mode.as_bytes());
    match origin {
        Origin::Event { event_id, attempt_no } => {
            field(b"event");
            field(event_id.as_bytes());
            field(&attempt_no.to_be_bytes());
        }
        Origin::Request { alert, key } => {
            field(b"request");
            field(&alert.0.to_be_bytes());
            field(key.as_bytes());
        }
    }
    let mac = hmac_sha256(installation_key, &message);
    format!("MW-{}", base32(&mac[..10]))
}

/// HMAC-SHA-256, RFC 2104.
fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner =
        Sha256::new().chain_update(block.map(|b| b ^ 0x36)).chain_update(message).finalize();
    let outer = Sha256::new().chain_update(block.map(|b| b ^ 0x5c)).chain_update(inner).finalize();
    outer.into()
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5);
    let (mut buffer, mut bits) = (0_u32, 0);
    for &byte in bytes {
        buffer = buffer << 8 | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(buffer >> bits & 31) as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyed_hash_is_that_of_rfc_4231() {
        assert_eq!(
            hex::encode(hmac_sha256(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let long = [0xaa_u8; 131];
        let message = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(
            hex::encode(hmac_sha256(&long, message)),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn a_reference_is_stable_and_differs_by_every_part() {
        let event = |event_id, attempt_no| Origin::Event { event_id, attempt_no };
        let of = |key: &[u8], connection, asset, mode, origin| {
            derive(key, ConnectionId(connection), AssetId(asset), mode, origin)
        };
        let one = of(b"k", 1, 2, "tool_wear", event("e", 1));
        assert_eq!(one, of(b"k", 1, 2, "tool_wear", event("e", 1)));
        assert_eq!(one.len(), 19);
        let others = [
            of(b"l", 1, 2, "tool_wear", event("e", 1)),
            of(b"k", 2, 2, "tool_wear", event("e", 1)),
            of(b"k", 1, 3, "tool_wear", event("e", 1)),
            of(b"k", 1, 2, "tool_breakage", event("e", 1)),
            of(b"k", 1, 2, "tool_wear", event("f", 1)),
            of(b"k", 1, 2, "tool_wear", event("e", 2)),
            of(b"k", 1, 2, "tool_wear", Origin::Request { alert: AlertId(1), key: "e" }),
        ];
        for other in &others {
            assert_ne!(&one, other);
        }
    }
}
