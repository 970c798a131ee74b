//! The examples run, and do what they say.
use expect_test::expect;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

/// What a program writes that runs to its end.
fn said(program: &str) -> String {
    let output = Command::new(program).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn hello_says_what_it_should() {
    expect![[r#"
        "Good day, Ada! Yours, acme.demo."
        unknown argument `nmae`: did you mean `name`? There are `name`, `times`
        demo/greeters/Typo/Typo.json:1:2: error[unknown-key]: unknown key `greting`
            help: did you mean `greeting`? There are `greeting`
    "#]]
    .assert_eq(&said(env!("CARGO_BIN_EXE_hello-under-test")));
}

#[test]
fn override_says_what_it_should() {
    expect![[r#"
        acme.base greeters.Bye: "Bye, Ada!"
        acme.base greeters.Hi: "Hi, Ada!"
        acme.shop greeters.Bye: "Bye, Ada!"
        acme.shop greeters.Hi: "Welcome, Ada!"
        acme.signed greeters.Bye: "Bye, Ada! Yours, Acme."
        acme.signed greeters.Hi: "Welcome, Ada! Yours, Acme."
    "#]]
    .assert_eq(&said(env!("CARGO_BIN_EXE_override-under-test")));
}

/// Ends the program with the test, however the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn embed_serves_its_own_page_and_the_elements() {
    let child =
        Command::new(env!("CARGO_BIN_EXE_embed-under-test")).arg("127.0.0.1:0").stdout(Stdio::piped()).spawn().unwrap();
    let mut running = Running(child);
    let mut line = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening at http://").unwrap();

    let ask = |request: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "{request} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let own = ask("GET /");
    assert!(own.starts_with("HTTP/1.1 200") && own.contains("\"scanHere\":\"https://login.work.weixin.qq.com/"), "{own}");
    let element = ask("POST /api/acme/demo/auths/loginTypes/QywxInnerExample/getLoginConfig");
    assert!(
        element.starts_with("HTTP/1.1 200") && element.contains(&format!("http://{address}/api/auth/qywx/callback")),
        "{element}"
    );
    let refused = ask("POST /api/acme/demo/auths/loginTypes/QywxInnerExample/getAccessToken");
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
}
