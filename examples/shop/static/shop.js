// The shop's own script: cart in localStorage, filters, stock, checkout, two custom elements and the studio.

const money = (cents) => `€${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
const $ = (selector) => document.querySelector(selector);
const make = (tag, text, attributes = {}) => {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
};

// CSS-in-JS as the "speedy" libraries do it: an empty style element, rules by insertRule.
const sheet = document.head.appendChild(document.createElement('style')).sheet;
const css = (rule) => sheet.insertRule(rule, sheet.cssRules.length);
css('.just-added { outline: 3px solid var(--sun); outline-offset: 2px }');
css('.sold-out price-tag { opacity: .5 }');

customElements.define(
  'price-tag',
  class extends HTMLElement {
    static #style = (() => {
      const shared = new CSSStyleSheet();
      shared.replaceSync(
        ':host { font-weight: 700; font-variant-numeric: tabular-nums } span { background: #fbe7c2; padding: 3px 9px; border-radius: 8px }',
      );
      return shared;
    })();
    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [this.constructor.#style];
      root.append(make('span', money(Number(this.getAttribute('cents')))));
    }
  },
);
customElements.define(
  'star-row',
  class extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const n = Number(this.getAttribute('stars'));
      this.attachShadow({ mode: 'open' }).append(
        make('span', '★★★★★'.slice(0, n) + '☆☆☆☆☆'.slice(n), { role: 'img', 'aria-label': `${n} of 5` }),
      );
    }
  },
);

const cart = {
  get lines() {
    return JSON.parse(localStorage.getItem('cart') ?? '[]');
  },
  set lines(v) {
    localStorage.setItem('cart', JSON.stringify(v));
    cart.show();
  },
  add(line, quantity) {
    const lines = cart.lines;
    const have = lines.find((l) => l.slug === line.slug);
    if (have) have.quantity += quantity;
    else lines.push({ ...line, quantity });
    cart.lines = lines;
    console.log('cart', { lines: lines.length, added: line.slug });
  },
  show() {
    const lines = cart.lines;
    $('#cart-count').textContent = String(lines.reduce((n, l) => n + l.quantity, 0));
    const rows = $('#cart-rows');
    if (!rows) return;
    rows.replaceChildren(
      ...lines.map((l) => {
        const row = make('tr');
        const remove = make('button', 'Remove');
        remove.addEventListener('click', () => {
          cart.lines = cart.lines.filter((x) => x.slug !== l.slug);
        });
        row.append(
          make('td', l.name),
          make('td', String(l.quantity)),
          make('td', money(l.price * l.quantity)),
          make('td'),
        );
        row.lastChild.append(remove);
        return row;
      }),
    );
    $('#cart-total').textContent = money(lines.reduce((n, l) => n + l.price * l.quantity, 0));
  },
};

document.addEventListener('click', (event) => {
  const add = event.target.closest('button.add');
  if (add) {
    cart.add(
      { slug: add.dataset.slug, name: add.dataset.name, price: Number(add.dataset.price) },
      Number($('#quantity')?.value ?? 1),
    );
    add.classList.add('just-added');
    setTimeout(() => add.classList.remove('just-added'), 600);
  }
  const filter = event.target.closest('.filters button');
  if (filter) {
    for (const b of document.querySelectorAll('.filters button')) b.setAttribute('aria-pressed', String(b === filter));
    showKind(filter.dataset.kind);
  }
});

async function showKind(kind) {
  const list = await (await fetch(`/api/products?q=${encodeURIComponent(kind)}`)).json();
  const cards = new Map(
    [...document.querySelectorAll('#grid .card')].map((c) => [c.querySelector('.add').dataset.slug, c]),
  );
  const wanted = new Set(list.map((p) => p.slug));
  for (const [slug, card] of cards) card.hidden = !wanted.has(slug);
  console.info('filter', kind || 'all', list.length);
}

const stock = $('#stock');
if (stock) {
  fetch(`/api/stock/${stock.dataset.slug}`)
    .then((r) => r.json())
    .then(({ stock: n }) => {
      stock.textContent = n > 0 ? `${n} in stock` : 'Sold out, back in May';
      stock.closest('.product').classList.toggle('sold-out', n === 0);
    });
  $('#sizes').addEventListener('click', () => $('#size-dialog').showModal());
}

$('#cart-sort')?.addEventListener('click', () => {
  cart.lines = cart.lines.toSorted((a, b) => a.price - b.price);
});

const checkout = $('#checkout');
if (checkout) {
  $('#news').indeterminate = true;
  checkout.addEventListener('submit', async (event) => {
    event.preventDefault();
    const progress = $('#pay-progress');
    progress.hidden = false;
    for (const value of [20, 45, 70, 90]) {
      progress.value = value;
      await new Promise((r) => setTimeout(r, 60));
    }
    const response = await fetch('/api/pay', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        items: Number($('#cart-count').textContent),
        ...Object.fromEntries(new FormData(checkout)),
      }),
    });
    progress.hidden = true;
    const body = await response.json();
    if (!response.ok) {
      $('#pay-error').textContent = 'Payment failed. Please try again.';
      console.error('payment failed', response.status, body);
      throw new Error(`pay: ${body.error}`);
    }
  });
}

// The single-page part: routes /studio, /studio/colour, /studio/straps with the history API.
const studio = $('#studio');
if (studio) {
  const colours = { sea: '#0f6b7a', sun: '#e9a13b', ink: '#17324a', moss: '#56713f' };
  const state = { colour: 'sea', straps: 2 };
  const routes = {
    '/studio': () => [make('p', 'Choose a colour, then the straps. What you choose is drawn at once.')],
    '/studio/colour': () =>
      Object.entries(colours).map(([name, value]) => {
        const b = make('button', '', { class: 'swatch', 'aria-label': name });
        b.style.backgroundColor = value;
        b.addEventListener('click', () => {
          state.colour = name;
          draw();
        });
        return b;
      }),
    '/studio/straps': () => {
      const input = make('input', '', { type: 'range', min: '1', max: '4', 'aria-label': 'Straps' });
      input.value = String(state.straps);
      input.addEventListener('input', () => {
        state.straps = Number(input.value);
        draw();
      });
      return [make('p', 'Straps'), input];
    },
  };
  const side = make('nav', '', { 'aria-label': 'Studio' });
  for (const [href, text] of [
    ['/studio', 'Start'],
    ['/studio/colour', 'Colour'],
    ['/studio/straps', 'Straps'],
  ]) {
    const p = make('p');
    p.append(make('a', text, { href }));
    side.append(p);
  }
  const view = make('section');
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 200 140');
  svg.setAttribute('width', '320');
  const draw = () => {
    const shape = (name, attributes) => {
      const n = document.createElementNS('http://www.w3.org/2000/svg', name);
      for (const [k, v] of Object.entries(attributes)) n.setAttribute(k, v);
      return n;
    };
    svg.replaceChildren(shape('rect', { x: 30, y: 30, width: 140, height: 90, rx: 14, fill: colours[state.colour] }));
    for (let i = 0; i < state.straps; i++)
      svg.append(
        shape('rect', { x: 45 + i * 34, y: 18, width: 10, height: 112, rx: 4, fill: '#f6f1e7', opacity: 0.9 }),
      );
  };
  const content = make('div');
  view.append(content, svg);
  studio.append(side, view);
  const go = (path) => {
    content.replaceChildren(...(routes[path] ?? routes['/studio'])());
    document.title = `Build your bike bag – ${path.split('/')[2] ?? 'start'}`;
    draw();
  };
  side.addEventListener('click', (event) => {
    const a = event.target.closest('a');
    if (!a) return;
    event.preventDefault();
    history.pushState({}, '', a.getAttribute('href'));
    go(location.pathname);
  });
  addEventListener('popstate', () => go(location.pathname));
  go(location.pathname);
}

cart.show();
console.debug('shop ready', { path: location.pathname });
