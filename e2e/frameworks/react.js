// React: hooks, controlled fields, keyed lists, a portal, and styles by styled-components and Emotion in their speedy mode.
import { css } from '@emotion/css';
import { createElement as h, useDeferredValue, useState, useTransition } from 'react';
import { createPortal } from 'react-dom';
import { createRoot } from 'react-dom/client';
import styled, { createGlobalStyle, keyframes } from 'styled-components';
import * as model from './model.js';

const pulse = keyframes`from { opacity: 1 } to { opacity: 0.9 }`;
const Card = styled.section`
  border: 2px solid ${({ $hue }) => `hsl(${$hue} 50% 40%)`};
  padding: ${({ $hue }) => $hue % 7}px;
  animation: ${pulse} 1s;
`;
const Everywhere = createGlobalStyle`body { margin: 11px }`;

function Row({ row, hue }) {
  return h('li', { className: css`color: hsl(${hue} 60% ${20 + (row.id % 5) * 5}%);` }, row.text);
}

function App() {
  const [state, set] = useState(model.start);
  const [, transition] = useTransition();
  const name = useDeferredValue(state.name);
  const act = (what) => () => transition(() => set((now) => model.act(now, what)));
  const change = (key) => (event) => set({ ...state, [key]: event.target.value });
  return h(
    Card,
    { $hue: state.hue },
    h(Everywhere),
    model.actions.map((what) => h('button', { key: what, type: 'button', 'data-do': what, onClick: act(what) }, what)),
    h(
      'ul',
      null,
      state.rows.map((row) => h(Row, { key: row.id, row, hue: state.hue })),
    ),
    state.open ? h('p', { className: css`background: lime;` }, 'shown') : null,
    h('input', { id: 'name', value: state.name, onChange: change('name') }),
    h(
      'select',
      { id: 'size', value: state.size, onChange: change('size') },
      model.sizes.map((size) => h('option', { key: size }, size)),
    ),
    h('output', null, `Hello ${name}, ${state.size}`),
    state.modal ? createPortal(h('dialog', { open: true }, `${state.rows.length} rows`), document.body) : null,
  );
}

createRoot(document.querySelector('#app')).render(h(App));
