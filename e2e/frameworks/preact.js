// Preact: the same, in its own way with events and portals.
import { h, render } from 'preact';
import { createPortal } from 'preact/compat';
import { useState } from 'preact/hooks';
import * as model from './model.js';

function App() {
  const [state, set] = useState(model.start);
  const change = (key) => (event) => set({ ...state, [key]: event.currentTarget.value });
  return h(
    'section',
    { style: { borderTop: `2px solid hsl(${state.hue} 50% 40%)` } },
    model.actions.map((what) =>
      h('button', { key: what, type: 'button', 'data-do': what, onClick: () => set(model.act(state, what)) }, what),
    ),
    h(
      'ul',
      null,
      state.rows.map((row) => h('li', { key: row.id }, row.text)),
    ),
    state.open && h('p', null, 'shown'),
    h('input', { id: 'name', value: state.name, onInput: change('name') }),
    h(
      'select',
      { id: 'size', value: state.size, onChange: change('size') },
      model.sizes.map((size) => h('option', { key: size }, size)),
    ),
    h('output', null, `Hello ${state.name}, ${state.size}`),
    state.modal && createPortal(h('dialog', { open: true }, `${state.rows.length} rows`), document.body),
  );
}

render(h(App), document.querySelector('#app'));
