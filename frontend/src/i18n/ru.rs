//! Russian, the first language: it also declares which texts there are.
//! `name: "…"` is a text, `name: ["один", "несколько", "много", "дробь"]` a plural with `{n}`.

use super::Plural;

macro_rules! section {
    ($constant:ident: $type:ident { $($name:ident: $text:tt,)* }) => {
        pub struct $type { $(pub $name: section!(@type $text),)* }
        pub static $constant: $type = $type { $($name: section!(@value $text),)* };
    };
    (@type [$($form:literal),*]) => { Plural };
    (@type $text:literal) => { &'static str };
    (@value [$one:literal, $few:literal, $many:literal, $other:literal]) => {
        Plural { one: $one, few: $few, many: $many, other: $other }
    };
    (@value $text:literal) => { $text };
}

section! { COMMON: Common {
    product: "Звонок",
    back: "Назад",
    cancel: "Отмена",
    close: "Закрыть",
    save: "Сохранить",
    delete: "Удалить",
    edit: "Изменить",
    add: "Добавить",
    done: "Готово",
    retry: "Повторить",
    undo: "Отменить",
    search: "Поиск",
    more: "Ещё",
    copy: "Скопировать",
    copied: "Скопировано",
    yes: "Да",
    no: "Нет",
    optional: "необязательно",
    loading: "Загружаем…",
    skip_to_content: "К содержанию",
    not_found: "Такой страницы нет",
    not_found_hint: "Возможно, ссылка устарела или в ней опечатка.",
    to_home: "На главную",
    people: ["{n} человек", "{n} человека", "{n} человек", "{n} человека"],
}}

section! { UI: Ui {
    show_password: "Показать пароль",
    hide_password: "Скрыть пароль",
    phone_hint: "Например, +7 912 345-67-89",
    choose_file: "Выбрать файл",
    no_file: "Файл не выбран",
    choose: "Выберите",
    fix_fields: "Проверьте отмеченные поля",
    notifications: "Уведомления",
    resize_list: "Ширина списка",
    unread: ["{n} непрочитанное", "{n} непрочитанных", "{n} непрочитанных", "{n} непрочитанного"],
    today: "Сегодня",
    yesterday: "Вчера",
    offline: "Нет связи. То, что вы напишете, отправится, когда она появится.",
    reconnecting: "Связь прервалась, подключаемся…",
    error_title: "Не получилось загрузить",
    error_hint: "Проверьте связь и попробуйте ещё раз.",
    student: "Ученик",
    parent: "Родитель",
    teacher: "Учитель",
    administrator: "Администратор",
}}

section! { NAV: Nav {
    main: "Разделы",
    today: "Сегодня",
    chats: "Чаты",
    channels: "Каналы",
    school: "Школа",
    people: "Люди",
    profile: "Профиль",
    admin: "Управление",
    structure: "Классы",
    invites: "Приглашения",
    requests: "Заявки",
    information: "Сведения",
    applications: "Школы",
    to_app: "К переписке",
}}

section! { ERRORS: Errors {
    network: "Нет связи с сервером. Проверьте интернет и повторите.",
    required: "Заполните это поле",
    sign_in: "Сеанс завершён. Войдите снова.",
    wrong_credentials: "Телефон (логин) и пароль не подходят друг к другу. Проверьте раскладку и заглавные буквы.",
    not_found: "Этого больше нет, или у вас нет доступа.",
    malformed: "Страница устарела. Обновите её и повторите.",
    too_large: "Слишком большой файл или текст: можно до {kb} КБ.",
    wait_seconds: ["Слишком много попыток. Повторите через {n} секунду.", "Слишком много попыток. Повторите через {n} секунды.", "Слишком много попыток. Повторите через {n} секунд.", "Слишком много попыток. Повторите через {n} секунды."],
    wait_minutes: ["Слишком много попыток. Повторите через {n} минуту.", "Слишком много попыток. Повторите через {n} минуты.", "Слишком много попыток. Повторите через {n} минут.", "Слишком много попыток. Повторите через {n} минуты."],
    internal: "Произошла ошибка на сервере. Повторите позже; если не поможет, сообщите код {id}.",
    unavailable: "Сервер сейчас недоступен. Повторите через минуту.",
    too_long: ["Не длиннее {n} символа", "Не длиннее {n} символов", "Не длиннее {n} символов", "Не длиннее {n} символа"],
    too_short: ["Не короче {n} символа", "Не короче {n} символов", "Не короче {n} символов", "Не короче {n} символа"],
    phone: "Это не похоже на номер телефона. Пример: +7 912 345-67-89",
    email: "Это не похоже на адрес почты. Пример: school@mail.ru",
    name: "Только буквы, дефис и пробел",
    date: "Проверьте дату",
    login: "От 3 до 32 знаков: латинские буквы, цифры, точка, дефис; первой идёт буква",
    inn: "Проверьте ИНН: контрольная цифра не сходится",
    kpp: "В КПП девять знаков. Проверьте его",
    choice: "Выберите один из вариантов",
    out_of_range: "Число от {min} до {max}",
    file_type: "Нужен PDF или фотография (JPEG, PNG, WebP)",
    wrong_password: "Это не ваш нынешний пароль",
    link: "Адрес начинается с https://",
    administrator_only: "Это может только администратор школы.",
    class_teacher_only: "Это может классный руководитель или администратор.",
    staff_only: "Это видят только сотрудники школы.",
    readers_only: "Здесь пишут администраторы, а в канале класса ещё и классный руководитель.",
    no_contact: "Этому человеку сейчас нельзя написать: у вас нет общего класса.",
    archived: "Класс в архиве: переписку можно читать, но не продолжать.",
    parent_only: "Это может только подтверждённый родитель.",
    other_phone: "Права администратора — у номера телефона из заявки. Войдите с этим номером.",
    invite_used_up: "По этому приглашению уже вошли все, кому оно было дано. Попросите новое у того, кто его прислал.",
    invite_revoked: "Это приглашение отозвали. Попросите новое у того, кто его прислал.",
    invite_expired: "Срок приглашения истёк: {day}. Попросите новое у того, кто его прислал.",
    invite_class_archived: "Класс в архиве, вступить в него нельзя. Попросите новое приглашение в школе.",
    class_name_taken: "Класс с таким названием в этом году уже есть. Выберите другое.",
    organisation_known: "Заявка с такими ИНН и КПП уже есть. Откройте её по личной ссылке или обратитесь к оператору.",
    phone_taken: "Этот номер уже зарегистрирован. Войдите с ним.",
    login_taken: "Этот логин занят. Придумайте другой.",
    member_already: "У этого человека уже есть эта роль здесь.",
    request_waits: "Ваша заявка уже ждёт решения.",
    last_administrator: "В школе должен остаться хотя бы один администратор. Сначала назначьте другого.",
    decided_already: "Кто-то уже принял решение. Обновите список.",
    class_not_empty: "В классе ещё есть люди. Сначала переведите их.",
}}

section! { ACCOUNTS: Accounts {
    sign_in: "Войти",
    sign_in_title: "Вход",
    sign_in_lead: "Переписка вашей школы в одном месте.",
    login: "Телефон или логин",
    password: "Пароль",
    no_account: "Впервые здесь? Откройте приглашение от школы или",
    by_code: "введите код школы",
    register_school: "Подключить школу",
    sign_out: "Выйти",
    profile_title: "Профиль",
    language: "Язык",
    theme: "Оформление",
    theme_auto: "Как в системе",
    theme_light: "Светлое",
    theme_dark: "Тёмное",
}}

section! { INVITES: Invites {
    title: "Приглашение",
    join_title: "Вступить по коду школы",
}}

section! { APPLICATIONS: Applications {
    title: "Заявка на подключение школы",
    state_title: "Ваша заявка",
}}

section! { SCHOOLS: Schools {
    title: "Школа",
}}

section! { CLASSES: Classes {
    title: "Класс",
}}

section! { PEOPLE: People {
    title: "Кому написать",
}}

section! { CHATS: Chats {
    title: "Чаты",
    choose: "Выберите чат",
    choose_hint: "Слева ваши классы и личная переписка.",
}}

section! { CHANNELS: Channels {
    title: "Каналы",
    choose: "Выберите канал",
    choose_hint: "Здесь школа рассказывает новости.",
}}

section! { PARENTS: Parents {
    title: "Сегодня",
    children: "Дети",
}}

section! { ADMIN: Admin {
    structure_title: "Классы",
    people_title: "Люди школы",
    invites_title: "Приглашения",
    requests_title: "Заявки на вступление",
    information_title: "Сведения о школе",
    applications_title: "Заявки школ",
}}
