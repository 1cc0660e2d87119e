//! Changes to a plan that bytes choose, so that most of what is made is still a plan.

use serde_json::{Value, json};

/// Most changes of one plan.
const MOST: usize = 8;

/// Three bytes a change: two choose the value, one what becomes of it.
pub fn mutate(plan: &mut Value, bytes: &[u8]) {
    for change in bytes.chunks_exact(4).take(MOST) {
        let mut places = Vec::new();
        walk(plan, &mut String::new(), &mut places);
        let at = |x: u8, y: u8| places[(usize::from(x) << 8 | usize::from(y)) % places.len()].clone();
        let place = at(change[0], change[1]);
        let other = at(change[3], change[1]);
        change_one(plan, &place, &other, change[2], change[3]);
    }
}

/// Pointers of everything that a reader looks at.
fn walk(value: &Value, here: &mut String, out: &mut Vec<String>) {
    out.push(here.clone());
    let length = here.len();
    let mut down = |key: &str, child: &Value| {
        here.push('/');
        here.push_str(&key.replace('~', "~0").replace('/', "~1"));
        walk(child, here, out);
        here.truncate(length);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, child)| down(key, child)),
        Value::Array(items) => items.iter().enumerate().for_each(|(i, child)| down(&i.to_string(), child)),
        _ => {}
    }
}

fn change_one(plan: &mut Value, place: &str, other: &str, op: u8, how: u8) {
    let copy = plan.pointer(other).cloned().unwrap_or(Value::Null);
    let Some(value) = plan.pointer_mut(place) else { return };
    match op % 6 {
        0 => *value = edge(how),
        1 => *value = copy,
        2 => shift(value, f64::from(how) - 128.0),
        3 => shift(value, (f64::from(how) - 128.0) / 1000.0),
        4 => match value {
            Value::Array(items) if !items.is_empty() => {
                let item = items[usize::from(how) % items.len()].clone();
                items.push(item);
            }
            Value::Object(fields) => {
                fields.insert(copy.as_str().unwrap_or("t1").to_owned(), edge(how));
            }
            _ => {}
        },
        _ => match value {
            Value::Array(items) if !items.is_empty() => drop(items.remove(usize::from(how) % items.len())),
            Value::Object(fields) => {
                let key = fields.keys().nth(usize::from(how) % fields.len().max(1)).cloned();
                key.and_then(|key| fields.remove(&key));
            }
            _ => *value = Value::Null,
        },
    }
}

fn shift(value: &mut Value, by: f64) {
    if let Some(x) = value.as_f64() {
        *value = json!(x + by);
    }
}

/// Values at the edges of what numbers and texts can be.
fn edge(how: u8) -> Value {
    let values = [
        json!(0),
        json!(-1),
        json!(1),
        json!(0.5),
        json!(-0.0),
        json!(1e-300),
        json!(1e300),
        json!(i32::MAX),
        json!(1_u64 << 32),
        json!((1_u64 << 53) + 1),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(-1e15),
        json!(1e15),
        json!(9.3e12),
        json!(""),
        json!("a1"),
        json!("t1"),
        json!("none"),
        json!("\u{0}"),
        Value::Null,
        json!(true),
        json!([]),
        json!({}),
    ];
    values[usize::from(how) % values.len()].clone()
}
