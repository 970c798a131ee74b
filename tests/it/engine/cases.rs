//! Every file in `tests/cases` is a story: files, then what is to be seen, then perhaps edits, and so on.
//!
//! ```text
//! Anything up to the first file says what the story is about.
//! //- /apps/demo/app.json
//! {"appId": "acme.demo"}
//! //- /vars/COLOUR
//! blue
//! //- /secrets/key.pem
//! hunter2
//! ====
//! diagnostics, then elements with what they say
//! //- /apps/demo/app.json (gone)
//! ====
//! what is to be seen after this edit
//! ```
//!
//! A new story is a new file; `UPDATE_EXPECT=1` writes what is to be seen.
use super::{
    apps::{Apps, registry},
    show,
};
use element_engine::{Files as _, MemoryFiles, Options, State};
use std::{collections::BTreeMap, fs, panic, path::Path};

/// A file of the story: its path and text, or that it goes away.
struct Edit<'a> {
    path: &'a str,
    text: Option<String>,
}

/// Edits, as they stand in the story, until something is to be seen.
struct Step<'a> {
    written: Vec<&'a str>,
    edits: Vec<Edit<'a>>,
}

fn steps(story: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut step = Step { written: Vec::new(), edits: Vec::new() };
    let mut seen = false;
    for line in story.lines() {
        if let Some(path) = line.strip_prefix("//- ") {
            if seen {
                steps.push(std::mem::replace(&mut step, Step { written: Vec::new(), edits: Vec::new() }));
                seen = false;
            }
            let edit = match path.strip_suffix(" (gone)") {
                Some(path) => Edit { path, text: None },
                None => Edit { path, text: Some(String::new()) },
            };
            step.edits.push(edit);
        } else if line == "====" {
            seen = true;
        } else if !seen && let Some(Edit { text: Some(text), .. }) = step.edits.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
        if !seen {
            step.written.push(line);
        }
    }
    steps.push(step);
    steps
}

/// The story as it happens.
async fn happen(story: &str) -> String {
    let mut told = String::new();
    let mut apps: Option<Apps> = None;
    for Step { written, edits } in steps(story) {
        let opened = match apps.take() {
            None => open(edits).await,
            Some(apps) => {
                for Edit { path, text } in edits {
                    match text {
                        Some(text) => apps.files.put(path, text),
                        None => apps.files.remove(path),
                    }
                }
                apps.runtime.reload().await;
                apps
            }
        };
        agrees_with_a_fresh_look(&opened).await;
        let seen = show::everything(&opened.runtime).await;
        assert!(!seen.contains("hunter2"), "a secret is shown:\n{seen}");
        told.extend([&written.join("\n"), "\n====\n", &seen]);
        apps = Some(opened);
    }
    told
}

/// What is good is what somebody sees who knows nothing; what is not may be what was good before.
async fn agrees_with_a_fresh_look(apps: &Apps) {
    let (live, fresh) = (apps.runtime.snapshot(), apps.fresh().await);
    assert_eq!(show::diagnostics(&live), show::diagnostics(&fresh), "what is wrong is what a fresh look says");
    for app in fresh.apps() {
        let served = live.app(app.id.as_str()).unwrap();
        for it in app.elements() {
            let name = it.full_name.as_str();
            let Some(here) = served.element(name) else {
                // Whoever knows nothing cannot know that it was private.
                assert!(matches!(it.state, State::Broken), "{} {name}", app.id);
                continue;
            };
            match &it.state {
                State::InService(it) => assert_eq!(here.instance().unwrap().key, it.key, "{} {name}", app.id),
                State::Declared => assert_eq!(here.chain().collect::<Vec<_>>(), it.chain().collect::<Vec<_>>(), "{name}"),
                _ => assert!(matches!(here.state, State::Stale(_) | State::Broken), "{} {name}", app.id),
            }
        }
        for it in served.elements().into_iter().filter(|it| app.element(it.full_name.as_str()).is_none()) {
            assert!(matches!(it.state, State::Stale(_)), "{} {} is gone", app.id, it.full_name);
        }
    }
}

async fn open(edits: Vec<Edit<'_>>) -> Apps {
    let mut files = MemoryFiles::default();
    let mut vars = BTreeMap::new();
    for Edit { path, text } in edits {
        let text = text.unwrap_or_default();
        match path.strip_prefix("/vars/") {
            Some(name) => drop(vars.insert(name.to_owned(), text.trim_end().to_owned())),
            None => files.put(path, text),
        }
    }
    let secrets = files.list("/secrets".as_ref()).is_ok().then(|| "/secrets".into());
    let set = |options: &mut Options| (options.vars, options.secrets_dir) = (vars, secrets);
    Apps::open_as(registry(|it| it), files, set).await
}

#[test]
fn every_story_ends_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    paths.retain(|it| it.extension().is_some_and(|it| it == "txt"));
    paths.sort();
    let mut wrong = Vec::new();
    for path in &paths {
        let story = fs::read_to_string(path).unwrap();
        let time = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let told = time.block_on(happen(&story));
        if panic::catch_unwind(|| expect_test::expect_file![path].assert_eq(&told)).is_err() {
            wrong.push(path.file_name().unwrap());
        }
    }
    assert!(paths.len() > 20, "the stories are not found");
    assert!(wrong.is_empty(), "not as it says: {wrong:?}; UPDATE_EXPECT=1 takes over what is there now");
}
