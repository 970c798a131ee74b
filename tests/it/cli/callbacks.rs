//! What providers pushed, and what elements tell of themselves, at the command line.
use super::program::{element, told};
use crate::{
    http::{WATCHED, callbacks},
    site::Site,
};
use expect_test::expect;

/// Commands to a site of this process, and what they say; times taken out.
async fn ask(site: &Site, commands: &[&[&str]]) -> String {
    let mut text = String::new();
    for args in commands {
        let mut command = element(args);
        command.args(["--server", &format!("http://{}", site.address), "--data"]).arg(site.data.path());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = told(&output, site.data.path());
        // What came in the first seconds of 1970 came some 20,000 days ago.
        let words: Vec<_> = said.split(" days ago").collect();
        let days = |it: &&str| it.trim_end_matches(|it: char| it.is_ascii_digit()).to_owned();
        let (last, others) = words.split_last().unwrap();
        let said: String = others.iter().map(|it| days(it) + "N days ago").collect::<String>() + last;
        text.push_str(&format!("$ {}\n{said}", args.join(" ")));
    }
    text
}

#[tokio::test]
async fn callbacks_are_listed_shown_and_tried_again() {
    let site = callbacks::site(true).await;
    let text = ask(
        &site,
        &[
            &["callbacks", "list"],
            &["callbacks", "list", "--app", "acme.demo", "--state", "waiting"],
            &["callbacks", "list", "--app", "acme.sales", "--state", "done"],
            &["callbacks", "list", "--app", "acme.plain"],
            &["callbacks", "show", "acme.demo", "1", "--element", "First"],
            &["callbacks", "show", "acme.demo", "1"],
            &["callbacks", "retry", "acme.sales", "1"],
            &["callbacks", "retry", "acme.demo", "1", "--element", "First"],
            &["callbacks", "list", "--app", "acme.demo", "--state", "dead"],
            &["callbacks", "retry", "acme.demo", "9", "--format", "json"],
        ],
    )
    .await;
    expect![[r#"
        $ callbacks list
        ID  APP         EVENT         FROM  COMPANY  STATE    RECEIVED        ATTEMPTS  ERROR
        1   acme.sales  cancel_auth   dk1   ww4      dead     N days ago  4         not now [2J
        1   acme.demo   change_auth   dk1   ww3      waiting  N days ago  3
        2   acme.demo   suite_ticket  dk1   ww2      done     N days ago  2
        1   acme.demo   create_auth   dk1   ww1      dead     N days ago  1         40078: this company took the app away
        ! `Away` of `acme.away` did not answer: the shelf is away; try again in a moment
        exit 1
        $ callbacks list --app acme.demo --state waiting
        ID  APP        EVENT        FROM  COMPANY  STATE    RECEIVED        ATTEMPTS  ERROR
        1   acme.demo  change_auth  dk1   ww3      waiting  N days ago  3
        exit 0
        $ callbacks list --app acme.sales --state done
        there is no callback of `acme.sales` that is done
        exit 0
        $ callbacks list --app acme.plain
        there is no callback of `acme.plain`
        exit 0
        $ callbacks show acme.demo 1 --element First
        callback 1 is dead

        app       acme.demo
        element   First
        event     create_auth
        from      dk1
        company   ww1
        received  N days ago (1)
        attempts  1
        error     40078: this company took the app away

        it said
          Hopeless  ******
        exit 0
        $ callbacks show acme.demo 1
        ! error: several elements of `acme.demo` have a callback 1: say whose with `element`, one of `First`, `Second`
        exit 1
        $ callbacks retry acme.sales 1
        callback 1 is done

        app       acme.sales
        element   First
        event     cancel_auth
        from      dk1
        company   ww4
        received  N days ago (4)
        attempts  5
        outcome   the company was added

        it said
          x  ******
        exit 0
        $ callbacks retry acme.demo 1 --element First
        callback 1 is dead

        app       acme.demo
        element   First
        event     create_auth
        from      dk1
        company   ww1
        received  N days ago (1)
        attempts  2
        error     there is no company of this id any more nobody can helpthere is no company of this id any more nobody can help

        it said
          Hopeless  ******
        exit 1
        $ callbacks list --app acme.demo --state dead
        ID  APP        EVENT        FROM  COMPANY  STATE  RECEIVED        ATTEMPTS  ERROR
        1   acme.demo  create_auth  dk1   ww1      dead   N days ago  2         there is no company of this id any more nobody can helpther…
        exit 0
        $ callbacks retry acme.demo 9 --format json
        ! error: `acme.demo` has no callback 9: `element callbacks list --app acme.demo` shows those that it has
        exit 1
    "#]].assert_eq(&text);
    let none = Site::of("//- /apps/plain/app.json\n{\"appId\": \"acme.plain\"}\n").await;
    expect![[r#"
        $ callbacks list
        there is no callback
        exit 0
    "#]]
    .assert_eq(&ask(&none, &[&["callbacks", "list"]]).await);
}

#[tokio::test]
async fn status_shows_what_elements_tell_of_themselves() {
    let site = Site::of(WATCHED).await;
    expect![[r#"
        $ status
        generation 1: 2 apps, 4 elements; edits are noticed: off

        sales/app.json:1:37: warning[parent-version]: `acme.demo` has no version here, and this app was made for 1.0.0
            help: see whether everything still fits, then write the version that there is

        APP         ELEMENT  VITAL             OF   VALUE
        acme.demo   Clock    ticketAgeSeconds  dk1  12.5
        acme.demo   Clock    ticketAgeSeconds  dk2  never
        acme.sales  Clock    ticketAgeSeconds  dk1  12.5
        acme.sales  Clock    ticketAgeSeconds  dk2  never
        exit 0
    "#]]
    .assert_eq(&ask(&site, &[&["status"]]).await);
}
