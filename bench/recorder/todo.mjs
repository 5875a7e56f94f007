// A to-do list with React's production build, as the benches use it: every key and every click renders.
import { createElement as h, useState } from 'react';
import { createRoot } from 'react-dom/client';

function Todo({ item, onToggle }) {
  return h(
    'li',
    { className: item.done ? 'todo done' : 'todo' },
    h('label', null, h('input', { type: 'checkbox', checked: item.done, onChange: onToggle }), ' ', item.text),
  );
}

function App() {
  const [items, setItems] = useState([]);
  const [text, setText] = useState('');
  const add = (event) => {
    event.preventDefault();
    setItems((all) => [...all, { id: all.length, text, done: false }]);
    setText('');
  };
  const toggle = (id) => setItems((all) => all.map((item) => (item.id === id ? { ...item, done: !item.done } : item)));
  return h(
    'main',
    null,
    h('h1', null, 'To do'),
    h('form', { onSubmit: add }, h('input', { id: 'new', value: text, onChange: (e) => setText(e.target.value) })),
    h('p', { className: 'count' }, `${items.filter((item) => !item.done).length} left of ${items.length}`),
    h(
      'ul',
      null,
      items.map((item) => h(Todo, { key: item.id, item, onToggle: () => toggle(item.id) })),
    ),
  );
}

createRoot(document.getElementById('app')).render(h(App));
