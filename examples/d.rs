//! tmp
use parvis::demo::*;
#[tokio::main]
async fn main(){
    parvis::telemetry::start_logging(parvis::telemetry::Format::Human, &std::env::var("PARVIS_LOG").unwrap_or("warn".into())).unwrap();
    let dir=std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    let t=std::time::Instant::now();
    let tell=move |told: Told<'_>| match told {
        Told::Started(c)=>println!("{:?} started {}",t.elapsed(),c.title),
        Told::Publishing(c,a,b)=> if a==b {println!("{:?} published {} {a}/{b}",t.elapsed(),c.title)},
        Told::Exchanging(a,b)=>println!("{:?} exchanging {a}/{b}",t.elapsed()),
        Told::Looked(e)=>println!("{:?} {} {}: expected {} seen {}",t.elapsed(), if e.holds(){"ok  "}else{"FAIL"},e.what,e.expected,e.seen),
    };
    let mut demo=Demo::start(&dir,&tell).await.unwrap();
    if std::env::args().nth(2).is_some() { let all=demo.check(&tell).await.unwrap(); println!("{} passed {} failed", all.iter().filter(|e|e.holds()).count(), all.iter().filter(|e|!e.holds()).count()); }
    else { tokio::signal::ctrl_c().await.unwrap(); }
    demo.stop().await.unwrap();
}
