//! What the database says that diesel has no word for: it hides the code, and there's nothing but the sentence, in
//! English and Russian.

/// It stopped the statement by `statement_timeout` or `lock_timeout`.
pub(crate) const TIMEOUTS: [&str; 4] = [
    "canceling statement due to statement timeout",
    "canceling statement due to lock timeout",
    "выполнение оператора отменено из-за тайм-аута",
    "выполнение оператора отменено из-за тайм-аута блокировки",
];

/// How it begins when it ends the connection (57P01, 57P02): it is stopped, or one of its processes has crashed.
const ENDED: [&str; 2] = ["terminating connection ", "закрытие подключения "];

/// How it ends or begins when the machine has no more room, or can't write (classes 53 and 58). What precedes or
/// follows says which file.
const NO_ROOM: [&str; 6] = [
    "No space left on device",
    "На устройстве не осталось свободного места",
    "Disk quota exceeded",
    "Превышена дисковая квота",
    "Input/output error",
    "Ошибка ввода/вывода",
];
const SHORT: [&str; 8] = [
    "out of memory",
    "нехватка памяти",
    "out of shared memory",
    "нехватка разделяемой памяти",
    "temporary file size exceeds temp_file_limit",
    "размер временного файла превышает предел temp_file_limit",
    "sorry, too many clients already",
    "извините, уже слишком много клиентов",
];

/// How the client's library, which speaks English only, says that the connection is gone. (Under the same kind
/// diesel puts what is ours: a parameter of another type.)
const LOST: [&str; 3] = [
    "connection closed",
    "error communicating with the server",
    "timeout waiting for server",
];

pub(crate) fn is_timeout(message: &str) -> bool {
    TIMEOUTS.contains(&message)
}

pub(crate) fn is_lost(message: &str) -> bool {
    LOST.iter().any(|it| message.starts_with(it))
}

pub(crate) fn is_ended(message: &str) -> bool {
    ENDED.iter().any(|it| message.starts_with(it))
}

/// Whether one of the lines says that the disk is full.
#[must_use]
pub fn is_full_in(text: &str) -> bool {
    let mut lines = text.lines();
    lines.any(|line| NO_ROOM[..4].iter().any(|it| line.ends_with(it)))
}

pub(crate) fn is_exhausted(message: &str) -> bool {
    NO_ROOM.iter().any(|it| message.ends_with(it)) || SHORT.iter().any(|it| message.starts_with(it))
}
