use common::monitoring::{GetHealth, GetMetrics};

use super::{Sample, sample_with};

pub fn samples(endpoint: &str) -> Option<Vec<Sample>> {
    Some(match endpoint {
        "GetHealth" => vec![sample_with(GetHealth {}, b"")],
        "GetMetrics" => vec![sample_with(GetMetrics {}, b"")],
        _ => return None,
    })
}
