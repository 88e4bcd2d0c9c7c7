use common::channels::{Audience, CreateChannel, GetViews, RenameChannel};
use tests::place::{SCHOOL, SCHOOL_CHANNEL, STAFF_CHANNEL};

use super::{Sample, sample};

pub fn samples(endpoint: &str) -> Option<Vec<Sample>> {
    Some(match endpoint {
        "CreateChannel" => vec![sample(CreateChannel {
            school: SCHOOL,
            name: "Столовая".into(),
            audience: Audience::School,
        })],
        "RenameChannel" => vec![sample(RenameChannel {
            school: SCHOOL,
            channel: SCHOOL_CHANNEL,
            name: "Вся школа".into(),
        })],
        "GetViews" => [SCHOOL_CHANNEL, STAFF_CHANNEL]
            .map(|channel| {
                sample(GetViews {
                    channel,
                    from: 1,
                    to: 10,
                })
            })
            .into(),
        _ => return None,
    })
}
