//! Links: to files, as config maps have them, to what stands elsewhere, to nothing, and back to where they are.
use super::{
    disk::{check, demo, open, write},
    show::everything,
};
use expect_test::expect;
use std::{fs, os::unix::fs::symlink};

#[tokio::test]
async fn links_that_lead_nowhere_are_told() {
    let root = demo();
    let demo = root.path().join("demo");
    symlink("nowhere", demo.join("Link")).unwrap();
    fs::create_dir(demo.join("A")).unwrap();
    symlink("nowhere", demo.join("A/e.json")).unwrap();
    write(&demo, "B/e.json", r#"{"type": "greeters.PoliteType"}"#);
    symlink("nowhere.json", demo.join("B/B.json")).unwrap();
    fs::create_dir(root.path().join("other")).unwrap();
    symlink("nowhere", root.path().join("other/app.json")).unwrap();
    check(
        &root,
        expect![[r#"
        demo/A/e.json: error[unreadable]: this cannot be read: it does not exist
        demo/B/B.json: error[unreadable]: this cannot be read: it does not exist
        other/app.json: error[unreadable]: this cannot be read: it does not exist

        acme.demo in demo
          A: unknown, broken
          B: Instance < greeters.PoliteType < greeters.Meta, broken
          Good: Instance < greeters.PoliteType < greeters.Meta, in service, says "Good day, you"
    "#]],
    )
    .await;
}

#[tokio::test]
async fn configs_may_be_links_as_a_config_map_has_them() {
    let root = demo();
    let element = root.path().join("demo/Hi");
    write(&element, "..first/e.json", r#"{"type": "greeters.PoliteType"}"#);
    write(&element, "..first/Hi.json", r#"{"greeting": "one"}"#);
    write(&element, "..second/e.json", r#"{"type": "greeters.PoliteType"}"#);
    write(&element, "..second/Hi.json", r#"{"greeting": "two"}"#);
    symlink("..first", element.join("..data")).unwrap();
    symlink("..data/e.json", element.join("e.json")).unwrap();
    symlink("..data/Hi.json", element.join("Hi.json")).unwrap();
    let runtime = open(root.path()).await;
    let one = everything(&runtime).await;
    // The kubelet changes all files at once, by renaming a link.
    symlink("..second", element.join("..new")).unwrap();
    fs::rename(element.join("..new"), element.join("..data")).unwrap();
    runtime.reload().await;
    let two = everything(&runtime).await;
    expect![[r#"

        acme.demo in demo
          Good: Instance < greeters.PoliteType < greeters.Meta, in service, says "Good day, you"
          Hi: Instance < greeters.PoliteType < greeters.Meta, in service, says "one, you"

        acme.demo in demo
          Good: Instance < greeters.PoliteType < greeters.Meta, in service, says "Good day, you"
          Hi: Instance < greeters.PoliteType < greeters.Meta, in service, says "two, you"
    "#]]
    .assert_eq(&(one + &two));
}

#[tokio::test]
async fn links_that_lead_back_are_not_followed() {
    let root = demo();
    let demo = root.path().join("demo");
    write(&demo, "x/Hi/e.json", r#"{"type": "greeters.OddType"}"#);
    symlink(".", demo.join("x/here")).unwrap();
    symlink("..", demo.join("x/up")).unwrap();
    symlink("..", demo.join("x/also_up")).unwrap();
    symlink("../..", demo.join("x/root")).unwrap();
    symlink("/", demo.join("x/everything")).unwrap();
    // Two that lead to each other, and one that leads to itself.
    symlink("../b", demo.join("x/a")).unwrap();
    fs::create_dir(demo.join("b")).unwrap();
    symlink("../x", demo.join("b/y")).unwrap();
    symlink("itself", demo.join("itself")).unwrap();
    check(
        &root,
        expect![[r#"
            demo/b/y: warning[link]: folders behind links are not looked at: an app is what stands in its own folder
                help: put the folder itself here
            demo/x/a: warning[link]: folders behind links are not looked at: an app is what stands in its own folder
                help: put the folder itself here
            demo/x/also_up: warning[link]: folders behind links are not looked at: an app is what stands in its own folder
                help: put the folder itself here
            demo/x/everything: warning[link]: folders behind links are not looked at: an app is what stands in its own folder
                help: put the folder itself here
            demo/x/here: warning[link]: folders behind links are not looked at: an app is what stands in its own folder
                help: put the folder itself here
            demo/x/root: warning[link]: folders behind links are not looked at: an app is what stands in its own folder
                help: put the folder itself here
            demo/x/up: warning[link]: folders behind links are not looked at: an app is what stands in its own folder
                help: put the folder itself here

            acme.demo in demo
              Good: Instance < greeters.PoliteType < greeters.Meta, in service, says "Good day, you"
              x.Hi: Instance < greeters.OddType < greeters.Meta, in service, says "Odd"
        "#]],
    )
    .await;
}

#[tokio::test]
async fn what_stands_elsewhere_is_not_the_apps() {
    let (root, elsewhere) = (demo(), tempfile::tempdir().unwrap());
    write(elsewhere.path(), "Hi/e.json", r#"{"type": "greeters.PoliteType"}"#);
    write(elsewhere.path(), "Hi/Linked.json", r#"{"greeting": "From elsewhere"}"#);
    symlink(elsewhere.path().join("Hi"), root.path().join("demo/Linked")).unwrap();
    // Another company's config, which the host may read and this app's developer may not.
    write(elsewhere.path(), "theirs.json", r#"{"greeting": "Their secret"}"#);
    write(&root.path().join("demo"), "Steal/e.json", r#"{"type": "greeters.PoliteType"}"#);
    symlink(elsewhere.path().join("theirs.json"), root.path().join("demo/Steal/Steal.json")).unwrap();
    // A whole app may stand elsewhere: that is the operator's link.
    write(elsewhere.path(), "app/app.json", r#"{"appId": "acme.linked"}"#);
    symlink(elsewhere.path().join("app"), root.path().join("linked")).unwrap();
    symlink("nowhere", root.path().join("later")).unwrap();
    check(
        &root,
        expect![[r#"
            demo/Linked: warning[link]: folders behind links are not looked at: an app is what stands in its own folder
                help: put the folder itself here
            demo/Steal/Steal.json: error[foreign-link]: this link leads out of the app's folder, so it is not read
                help: put the file itself here
            later: error[unreadable]: this cannot be read: it does not exist

            acme.demo in demo
              Good: Instance < greeters.PoliteType < greeters.Meta, in service, says "Good day, you"
              Steal: Instance < greeters.PoliteType < greeters.Meta, broken

            acme.linked in linked
        "#]],
    )
    .await;
}
