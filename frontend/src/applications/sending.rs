//! An application on its way. The secret of its private link is drawn here and kept on this device from before it
//! is sent until there is an answer: a second try is the same application, and nobody loses the link.

use std::cell::RefCell;

use common::error::Conflict;
use common::schools::applications::{Apply, Questionnaire};
use common::{Error, Secret};

use super::questionnaire::{DRAFT, keep_step};
use crate::ui::storage;
use crate::{api, random};

const KEPT: &str = "zvonok.application.secret";

thread_local! {
    /// For a device that keeps nothing.
    static DRAWN: RefCell<Option<Secret>> = const { RefCell::new(None) };
}

/// Sends it; by which secret.
pub async fn send(questionnaire: Questionnaire) -> Result<Secret, Error> {
    match attempt(&questionnaire).await {
        // By this secret another organisation has applied, whose answer got lost: with its order, by another
        // hand, or the operator has decided since.
        Err(Error::Conflict(Conflict::Decided)) => {
            forget();
            attempt(&questionnaire).await
        }
        answer => answer,
    }
}

async fn attempt(questionnaire: &Questionnaire) -> Result<Secret, Error> {
    let secret = secret().ok_or(Error::Unavailable)?;
    let request = Apply {
        questionnaire: questionnaire.clone(),
        secret: secret.clone(),
    };
    api::repeat(request).await?;
    Ok(secret)
}

/// The page of the application by this secret is open, and its address is the person's: the draft is done with.
pub fn arrived(secret: &Secret) {
    if kept().as_ref() == Some(secret) {
        storage::remove(DRAFT);
        keep_step(0);
        forget();
    }
}

fn forget() {
    storage::remove(KEPT);
    DRAWN.set(None);
}

fn secret() -> Option<Secret> {
    let secret = kept().or_else(draw)?;
    storage::set(KEPT, &secret.0);
    DRAWN.set(Some(secret.clone()));
    Some(secret)
}

fn kept() -> Option<Secret> {
    let kept = storage::get(KEPT).map(Secret).filter(Secret::is_whole);
    kept.or_else(|| DRAWN.with_borrow(Clone::clone))
}

fn draw() -> Option<Secret> {
    let mut drawn = [0; Secret::LENGTH];
    random::fill(&mut drawn).then(|| Secret::of(drawn))
}
