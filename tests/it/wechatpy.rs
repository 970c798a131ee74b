//! `wechatpy`, a client of WeCom's that nobody here wrote, against the simulator: nothing of it is changed but its address.
use crate::site::serve_wecom;
use std::{path::Path, process::Command};
use wecom_sim::{Company, Options, Sim};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/wechatpy");

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_nobody_here_wrote_believes_it() {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/wechatpy");
    assert!(library.exists(), "wechatpy is not installed: run `tests/wechatpy/install` once, as `tests/all` does");
    let sim = Sim::new(vec![Company::demo()], Options { push_retry_ms: 5, ..Options::default() });
    let wecom = serve_wecom(sim).await;
    let mut python = Command::new("python3");
    python.arg(format!("{FOLDER}/story.py")).arg(format!("http://{wecom}")).env("PYTHONPATH", library);
    // It would leave files beside its source.
    python.env("PYTHONDONTWRITEBYTECODE", "1");
    let output = tokio::task::spawn_blocking(move || python.output().unwrap()).await.unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    expect_test::expect_file!["../wechatpy/expected.txt"].assert_eq(&told);
}
