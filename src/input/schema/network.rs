//! `network`: links, services, data sets and shared resources.

use super::{
    super::{
        fields::Fields,
        path::Path,
        scalars::Range,
        sources::Pos,
        tree::Node,
        values::{Context, Text},
    },
    agent::{needs, owned},
};
use crate::model::{DataSet, Link, Service, SharedResource, up};

/// Where a thing of a list stands.
#[derive(Debug, Clone, Copy, Default)]
pub struct ItemPlace {
    /// Position in the merged list.
    pub index: u32,
    /// Where it starts.
    pub at: Pos,
}

/// A link, with where its fields stand.
#[derive(Debug)]
pub struct LinkRow<'t> {
    /// The link.
    pub link: Link,
    /// Its ends as written.
    pub ends: [Text<'t>; 2],
    /// Position in the merged list.
    pub index: u32,
    /// `bandwidth_mbps`.
    pub bandwidth: Pos,
}

/// Reads one link.
pub fn read_link<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<LinkRow<'t>> {
    let location = cx.location(node.at);
    let mut f = Fields::open(cx, node, path)?;
    let bandwidth = f.place("bandwidth_mbps");
    let ends = (f.required_name("from"), f.required_name("to"));
    let latency_ms = f.number("latency_ms", Range::AMOUNT).unwrap_or(0.0);
    let bandwidth_mbps = f.number("bandwidth_mbps", Range::AMOUNT).unwrap_or(f64::INFINITY);
    let directed = f.flag("directed").unwrap_or(false);
    f.finish();
    let ends = [ends.0?, ends.1?];
    let link =
        Link { from: cx.place(&ends[0]), to: cx.place(&ends[1]), latency_ms, bandwidth_mbps, directed, location };
    Some(LinkRow { link, ends, index: 0, bandwidth })
}

/// Reads one service.
pub fn read_service<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<Service> {
    let location = cx.location(node.at);
    let mut f = Fields::open(cx, node, path)?;
    let service = Service {
        id: f.required_name("id").map(owned).unwrap_or_default(),
        depends_on: needs(&mut f),
        status: f.loose_text("status").map(owned),
        location,
    };
    f.finish();
    Some(service)
}

/// Reads one data set, with the name of its home.
pub fn read_data<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<(DataSet, Option<Text<'t>>)> {
    let location = cx.location(node.at);
    let mut f = Fields::open(cx, node, path)?;
    let id = f.required_name("id").map(owned).unwrap_or_default();
    let size_mb = f.number("size_mb", Range::AMOUNT).unwrap_or(0.0);
    let home = f.name("home");
    f.finish();
    Some((DataSet { id, size_mb, home: home.as_ref().map(|h| cx.place(h)), location }, home))
}

/// Reads one shared resource.
pub fn read_resource<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<SharedResource> {
    let location = cx.location(node.at);
    let mut f = Fields::open(cx, node, path)?;
    let resource = SharedResource {
        id: f.required_name("id").map(owned).unwrap_or_default(),
        capacity: f.number("capacity", Range::AMOUNT),
        per: f.duration("per").map(up),
        budget: f.number("budget", Range::AMOUNT),
        location,
    };
    f.finish();
    Some(resource)
}
