//! Every part of the design system in every state, for looking at: `/admin/gallery` in a debug build.

use common::permissions::Role;
use leptos::prelude::*;

use crate::{frame::Frame, reactive::Derived, ui::*};

/// The gallery's page at `path`, if it is one.
pub fn at(path: &str) -> Option<AnyView> {
    let screen = match path {
        "/admin/gallery" => parts(),
        "/admin/gallery/split" => panes(false),
        "/admin/gallery/split/open" => panes(true),
        _ => return None,
    };
    let places = crate::app::places(Derived::new(|| crate::route::Route::Chats));
    Some(view! { <Frame places=places>{screen}</Frame> }.into_any())
}

fn panes(open: bool) -> AnyView {
    let list = view! {
        <PaneHeader title="Чаты" secondary=open actions=view! { <IconButton label="Написать" icon=Icon::PENCIL on_click=|| {} /> }.into_any() />
        {chats()}
    }
    .into_any();
    let detail = if open {
        view! {
            <PaneHeader title="7А · Родители" subtitle="28 человек" back="/admin/gallery/split" actions=view! { <Menu label="Ещё"><MenuItem label="Участники" on_choose=|| {} /></Menu> }.into_any()>
                <Avatar name="7А" seed=1 size=AvatarSize::Small />
            </PaneHeader>
            <Skeleton shape=Shape::Conversation />
        }
        .into_any()
    } else {
        view! { <EmptyState icon=Icon::MESSAGE_CIRCLE title="Выберите чат" hint="Слева ваши классы и личная переписка." /> }.into_any()
    };
    view! { <Split list=list open=open>{detail}</Split> }.into_any()
}

fn parts() -> AnyView {
    view! {
            <Page title="Галерея" subtitle="Все части интерфейса" back="/" wide=true>
                {buttons()} {badges()} {fields()} <Card title="Вид"><crate::frame::Appearance /></Card> {choices()} {lists()} {states()} {floating()} {table()}
            </Page>
    }
    .into_any()
}

fn buttons() -> AnyView {
    let variants = [
        Variant::Primary,
        Variant::Quiet,
        Variant::Danger,
        Variant::Plain,
    ];
    let rows = variants.map(|variant| {
        view! {
            <div class="actions">
                <Button label="Сохранить" variant on_click=|| {} />
                <Button label="С иконкой" variant icon=Icon::PLUS on_click=|| {} />
                <Button label="Занята" variant busy=true on_click=|| {} />
                <Button label="Нельзя" variant disabled=true on_click=|| {} />
                <IconButton label="Поиск" icon=Icon::SEARCH variant on_click=|| {} />
            </div>
        }
        .into_any()
    });
    view! { <Card title="Кнопки">{Vec::from(rows)}</Card> }.into_any()
}

fn badges() -> AnyView {
    let names = [
        "Соколова Мария",
        "Иванов Пётр",
        "7А",
        "Учительская",
        "Ким Ли",
        "Омаров Али",
        "Зайцева Яна",
        "10Б",
    ];
    let avatars = names.into_iter().enumerate().map(|(seed, name)| {
        view! { <Avatar name seed=seed as i64 /> }
    });
    let roles = Role::ALL.map(|role| view! { <RoleBadge role /> });
    view! {
        <Card title="Люди и значки">
            <div class="actions">{avatars.collect::<Vec<_>>()}</div>
            <div class="actions">{Vec::from(roles)}</div>
            <div class="actions">
                <Tag label="Черновик" /> <Tag label="Принято" tone=Tone::Ok />
                <Tag label="Ждёт решения" tone=Tone::Warn /> <Tag label="Отозвано" tone=Tone::Danger />
                <Tag label="Новое" tone=Tone::Accent /> <Count value=7_u32 /> <Count value=140_u32 quiet=true />
            </div>
        </Card>
    }
    .into_any()
}

fn fields() -> AnyView {
    let errors = FormErrors::new();
    let text = || RwSignal::new(String::new());
    let options = vec![
        ("1".to_owned(), "Учитель".to_owned()),
        ("2".to_owned(), "Родитель".to_owned()),
    ];
    errors.add(
        "login",
        "Такой записи нет или пароль другой. Проверьте раскладку.",
    );
    view! {
        <Card title="Поля">
            <Form errors on_submit=move || errors.require("surname", "")>
                <TextField value=text() label="Фамилия" name="surname" autocomplete="family-name" />
                <TextField value=RwSignal::new("anna".to_owned()) label="Логин" name="login" hint="Латинские буквы и цифры" />
                <PhoneField value=text() label="Телефон" />
                <PasswordField value=RwSignal::new("secret".to_owned()) label="Пароль" />
                <DateField value=text() label="Дата рождения" name="born" autocomplete="bday" />
                <SelectField value=text() label="Роль" name="role" options />
                <TextArea value=text() label="Замечания" name="remarks" optional=true />
                <FileField label="Приказ о назначении" name="order" accept="application/pdf,image/*" hint="PDF или фотография, до 10 МБ" on_pick={|_: Option<web_sys::File>| {}} />
                <Button label="Отправить" variant=Variant::Primary wide=true />
            </Form>
        </Card>
    }
    .into_any()
}

fn choices() -> AnyView {
    let options = ["Как в системе", "Светлое", "Тёмное"].map(|it| Signal::from(it.to_owned()));
    let tab = RwSignal::new(0);
    view! {
        <Card title="Выбор">
            <Checkbox value=RwSignal::new(true) label="Я ознакомился с правилами" name="rules" hint="Они коротки" />
            <SegmentedControl label="Оформление" options=options.to_vec() selected=RwSignal::new(0) />
            <Tabs
                label="Класс"
                tabs=vec![Tab::new("Ученики".to_owned()), Tab::new("Родители".to_owned()), Tab::new("Заявки".to_owned()).count(3)]
                selected=tab
            >
                {move || format!("Вкладка {}", tab.get() + 1)}
            </Tabs>
            <Menu label="Ещё">
                <MenuItem label="Переименовать" icon=Icon::PENCIL on_choose=|| toast::show("Переименовано") />
                <MenuItem label="Удалить" icon=Icon::TRASH_2 danger=true on_choose=|| {} />
            </Menu>
        </Card>
    }
    .into_any()
}

fn lists() -> AnyView {
    view! { <Card title="Список">{chats()}</Card> }.into_any()
}

fn chats() -> AnyView {
    view! {
            <List label="Чаты">
                <ListItem href="/chats/1" title="7А · Родители" subtitle="Соколова М. И.: Завтра ждём всех в 18:30" meta="14:05" count=3_u32>
                    <Avatar name="7А" seed=1 />
                </ListItem>
                <ListItem href="/chats/2" title="Соколова Мария Ивановна" subtitle="Спасибо, справку получила" meta="вчера" current=true>
                    <Avatar name="Соколова Мария" seed=2 />
                </ListItem>
                <ListItem href="/chats/3" title="Очень длинное название кружка юных любителей словесности" subtitle="И такое же длинное сообщение, которое не помещается в строку" meta="12.03" count=120_u32>
                    <Avatar name="Кружок Любителей" seed=3 />
                </ListItem>
            </List>
    }
    .into_any()
}

fn states() -> AnyView {
    view! {
        <Card title="Состояния">
            <Banner shown=true words="Нет связи. То, что вы напишете, отправится, когда она появится." icon=Icon::WIFI_OFF tone=Tone::Warn />
            <Skeleton shape=Shape::List /> <Skeleton shape=Shape::Conversation />
            <Skeleton shape=Shape::Form /> <Skeleton shape=Shape::Page />
            <EmptyState icon=Icon::MESSAGE_CIRCLE title="Здесь пока тихо" hint="Напишите классному руководителю: он поможет разобраться.">
                <ButtonLink label="Написать" href="/people" variant=Variant::Primary icon=Icon::PENCIL />
            </EmptyState>
            <ErrorState on_retry=Callback::new(|()| {}) />
        </Card>
    }
    .into_any()
}

fn floating() -> AnyView {
    let dialog = RwSignal::new(false);
    let confirm = RwSignal::new(false);
    let undo = || toast::undo("Приглашение отозвано", Callback::new(|()| {}));
    view! {
        <Card title="Поверх экрана">
            <div class="actions">
                <Button label="Окно" on_click=move || dialog.set(true) />
                <Button label="Вопрос" on_click=move || confirm.set(true) />
                <Button label="Уведомление" on_click=undo />
            </div>
            <Dialog open=dialog title="Новый класс">
                <TextField value=RwSignal::new(String::new()) label="Название" name="name" />
            </Dialog>
            <Confirm open=confirm title="Отозвать приглашение?" text="По этой ссылке больше никто не войдёт." action="Отозвать" on_confirm=|| {} />
        </Card>
    }
    .into_any()
}

fn table() -> AnyView {
    let columns = ["Человек", "Роль", "Последний вход"].map(|it| Signal::from(it.to_owned()));
    view! {
        <Card title="Таблица">
            <Table caption="Люди" columns=columns.to_vec()>
                <tr><td>"Соколова Мария"</td><td><RoleBadge role=Role::Teacher /></td><td data-label="Последний вход">"сегодня, 14:05"</td></tr>
                <tr><td>"Иванов Пётр"</td><td><RoleBadge role=Role::Parent /></td><td data-label="Последний вход">"12 марта"</td></tr>
            </Table>
        </Card>
    }
    .into_any()
}
