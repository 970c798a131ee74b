//! A balancer in front of hosts that can be told to kill the first of them at a bad moment of the next request.
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};

/// A moment in the life of a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    /// The host has it for so long, and has not answered.
    Received(Duration),
    /// The host has answered.
    Answered,
}

type Kill = Box<dyn FnOnce() + Send>;

#[derive(Clone)]
pub(super) struct Balancer {
    pub(super) address: SocketAddr,
    hosts: Arc<Mutex<Vec<SocketAddr>>>,
    trap: Arc<Mutex<Option<(Moment, Kill)>>>,
}

impl Balancer {
    pub(super) async fn of(hosts: Vec<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let this = Self { address, hosts: Arc::new(Mutex::new(hosts)), trap: Arc::default() };
        let balancer = this.clone();
        tokio::spawn(async move {
            let mut turn = 0;
            while let Ok((client, _)) = listener.accept().await {
                turn += 1;
                let balancer = balancer.clone();
                // A connection that breaks off is what this is for.
                tokio::spawn(async move { drop(balancer.carry(client, turn).await) });
            }
        });
        this
    }

    /// The first host has another address from now on.
    pub(super) fn first(&self, address: SocketAddr) {
        self.hosts.lock().unwrap()[0] = address;
    }

    /// The next request goes to the first host, which is killed then.
    pub(super) fn set(&self, moment: Moment, kill: impl FnOnce() + Send + 'static) {
        *self.trap.lock().unwrap() = Some((moment, Box::new(kill)));
    }

    pub(super) fn is_set(&self) -> bool {
        self.trap.lock().unwrap().is_some()
    }

    /// One request on each connection; one that finds a host away goes to the next.
    async fn carry(&self, mut client: TcpStream, turn: usize) -> io::Result<()> {
        let request = alone(message(&mut client).await?);
        let trap = self.trap.lock().unwrap().take();
        let (hosts, turn) = (self.hosts.lock().unwrap().clone(), if trap.is_some() { 0 } else { turn });
        for host in hosts.iter().cycle().skip(turn % hosts.len()).take(hosts.len()) {
            let Ok(mut host) = TcpStream::connect(host).await else { continue };
            host.write_all(&request).await?;
            let mut trap = trap;
            if let Some((Moment::Received(after), kill)) = trap {
                sleep(after).await;
                kill();
                return Ok(());
            }
            let mut answer = Vec::new();
            host.read_to_end(&mut answer).await?;
            if let Some((_, kill)) = trap.take() {
                kill();
            }
            return client.write_all(&alone(answer)).await;
        }
        Ok(())
    }
}

/// A whole request, by its length.
async fn message(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        if from.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let Some(head) = bytes.windows(4).position(|it| it == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|it| it.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
        if bytes.len() >= head + 4 + length {
            return Ok(bytes);
        }
    }
}

/// Nothing else comes on this connection.
fn alone(mut message: Vec<u8>) -> Vec<u8> {
    if let Some(line) = message.windows(2).position(|it| it == b"\r\n") {
        message.splice(line..line, *b"\r\nconnection: close");
    }
    message
}
