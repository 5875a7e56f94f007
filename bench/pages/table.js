// The page of the latency bench: 500 rows. `change(i)` writes the time of the change into a cell, which the agent's side reads back.
// The time is letters only, so that nothing takes it for a number worth masking.
const letters = 'abcdefghij';
function stamp(now) {
  return `t${[...String(Math.round(now * 1000))].map((d) => letters[Number(d)]).join('')}`;
}
const body = document.createElement('tbody');
for (let i = 0; i < 500; i++) {
  const row = document.createElement('tr');
  for (const text of [`Row ${i}`, 'Some words that stay', 'waiting', 'More words', `Column ${i % 7}`]) {
    row.append(Object.assign(document.createElement('td'), { textContent: text }));
  }
  body.append(row);
}
const table = document.createElement('table');
table.append(body);
document.body.append(table);

const clock = () => performance.timeOrigin + performance.now();
function change(i) {
  const cell = body.rows[(i * 37) % 500].cells[2];
  const at = clock();
  cell.firstChild.data = stamp(at);
  return at;
}
async function changes(n, gap, each) {
  for (let i = 0; i < n; i++) {
    each?.(i);
    change(i);
    await new Promise((resolve) => setTimeout(resolve, gap));
  }
}
function noise(perSecond) {
  const timer = setInterval(() => {
    for (let i = 0; i < perSecond / 50; i++) console.log('noise', i, { a: i, b: 'words' });
  }, 20);
  return () => clearInterval(timer);
}

Object.assign(globalThis, { changes, noise });
