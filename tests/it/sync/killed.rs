//! A host that is killed in the middle of a sync.
use super::{DEPARTMENTS, MEMBERS, company, counts};
use crate::{
    cli::program,
    site::{DEMO, serve_wecom},
};
use element_host::commands::SIMULATED;
use serde_json::Value;
use std::{
    process::{Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;
use wecom_sim::{Options, Sim};

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_was_killed_goes_on_and_ends_the_same() {
    let sim = Sim::new(vec![company()], Options::default());
    let wecom = serve_wecom(sim.clone()).await;
    let data = TempDir::new().unwrap();
    let sync = || -> Command {
        let mut command = program::element(&["call", "acme.demo", DEMO, "syncDepartmentInfo", "--data"]);
        command.arg(data.path()).env_remove("ELEMENT_STORE");
        for name in SIMULATED {
            command.env(name, format!("http://{wecom}"));
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let asked = |path: &str| sim.journal().iter().filter(|it| it.path == path).count();
    let mut killed = sync().spawn().unwrap();
    let begun = async {
        while asked("/cgi-bin/user/list") < DEPARTMENTS / 10 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    // A program has to start, and a machine may be busy.
    tokio::time::timeout(Duration::from_secs(180), begun).await.expect("it begins");
    killed.kill().unwrap();
    assert!(!killed.wait().unwrap().success());
    let before = asked("/cgi-bin/user/list");
    assert!(before < DEPARTMENTS, "it was killed in the middle");

    let again = async || -> Value {
        let output = tokio::task::spawn_blocking({
            let mut command = sync();
            move || command.output().unwrap()
        });
        let output = output.await.unwrap();
        assert!(output.status.success(), "{}", program::told(&output, data.path()));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let summary = again().await;
    assert_eq!(summary["resumed"], true);
    let after = asked("/cgi-bin/user/list") - before;
    assert!(after < DEPARTMENTS - before + 64, "{after} departments after {before}: what was done is not done again");
    let [departments, members] = counts(&summary);
    assert_eq!(departments[0] + departments[3], DEPARTMENTS as u64, "{summary}");
    assert_eq!(members[0] + members[3], MEMBERS as u64, "what was written and not yet noted as done counts as unchanged");

    let second = again().await;
    assert_eq!(second["resumed"], false);
    assert_eq!(counts(&second), [[0, 0, 0, DEPARTMENTS as u64, 0], [0, 0, 0, MEMBERS as u64, 0]]);
}
