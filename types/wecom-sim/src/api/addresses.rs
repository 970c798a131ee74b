//! From and to which addresses WeCom speaks, for those who keep a firewall.

use std::net::{IpAddr, Ipv4Addr};

use serde_json::json;

use super::envelope::Fields;
use super::errors::Failure;
use super::{Call, access};

/// `GET /cgi-bin/get_api_domain_ip?access_token` (page 92520): where this simulator listens.
pub(crate) fn of_api(call: &Call<'_>) -> Result<Fields, Failure> {
    access::check(call, &call.sim.state())?;
    let listening = call.sim.shared.address.get().map(std::net::SocketAddr::ip);
    Ok(list(listening.unwrap_or(Ipv4Addr::LOCALHOST.into())))
}

/// `GET /cgi-bin/getcallbackip?access_token` (page 92521): this machine, whose own address is not
/// known before it calls.
pub(crate) fn of_callbacks(call: &Call<'_>) -> Result<Fields, Failure> {
    access::check(call, &call.sim.state())?;
    Ok(list(Ipv4Addr::LOCALHOST.into()))
}

fn list(ip: IpAddr) -> Fields {
    vec![("ip_list", json!([ip]))]
}
