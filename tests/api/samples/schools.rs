use common::schools::applications::{
    Apply, Decide, Decision, DownloadOrder, GetApplication, GetApplications, OpenApplication,
    Questionnaire, RegisterAdministrator, Resubmit, UploadOrder,
};
use common::schools::zones::MOSCOW;
use common::schools::{EditSchool, GetSchool, Information, SchoolInfo, SchoolKind};
use common::{ApplicationId, Secret};
use tests::place::SCHOOL;

use super::{Sample, account, name, sample, sample_with, secret};

pub fn samples(endpoint: &str) -> Option<Vec<Sample>> {
    Some(match endpoint {
        "Apply" => vec![sample(Apply {
            questionnaire: questionnaire("7830002293", "783001001"),
            secret: Secret::of([7; Secret::LENGTH]),
        })],
        "GetApplication" => vec![sample(GetApplication {
            secret: secret("submitted"),
        })],
        "Resubmit" => vec![sample(Resubmit {
            secret: secret("returned"),
            questionnaire: questionnaire("7736050003", "773601001"),
        })],
        "UploadOrder" => vec![sample_with(
            UploadOrder {
                secret: secret("submitted"),
                name: "Приказ № 12.pdf".into(),
            },
            b"%PDF-1.7 signed",
        )],
        "DownloadOrder" => vec![sample_with(
            DownloadOrder {
                application: ApplicationId(901),
            },
            b"",
        )],
        "RegisterAdministrator" => vec![sample(RegisterAdministrator {
            secret: secret("approved"),
            account: Some(account()),
        })],
        "GetApplications" => vec![sample(GetApplications { page: 0 })],
        "OpenApplication" => vec![sample(OpenApplication {
            application: ApplicationId(901),
        })],
        "Decide" => vec![sample(Decide {
            application: ApplicationId(901),
            version: 1,
            decision: Decision::Approve,
        })],
        "GetSchool" => vec![sample(GetSchool { school: SCHOOL })],
        "EditSchool" => vec![sample(EditSchool {
            school: SCHOOL,
            before: Information::default(),
            after: Information {
                full_name: "Средняя школа № 12".into(),
                short_name: "Школа № 12".into(),
                time_zone: MOSCOW.into(),
                info: SchoolInfo::default(),
            },
        })],
        _ => return None,
    })
}

fn questionnaire(inn: &str, kpp: &str) -> Questionnaire {
    Questionnaire {
        kind: SchoolKind::General,
        full_name: "Средняя школа № 5".into(),
        short_name: "Школа № 5".into(),
        region: "Ярославская область".into(),
        municipality: "Рыбинск".into(),
        settlement: "Рыбинск".into(),
        time_zone: MOSCOW.into(),
        inn: inn.into(),
        kpp: kpp.into(),
        name: name(),
        phone: "+79160000097".into(),
        email: "titova@school.test".into(),
    }
}
