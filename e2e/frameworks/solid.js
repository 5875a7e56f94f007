// Solid: its fine-grained updates and templates, by its own tagged templates.
import { createSignal } from 'solid-js';
import html from 'solid-js/html';
import { For, Portal, render, Show } from 'solid-js/web';
import * as model from './model.js';

function App() {
  const [state, set] = createSignal(model.start);
  const change = (key) => (event) => set({ ...state(), [key]: event.currentTarget.value });
  return html`<section style=${() => ({ 'border-top': `2px solid hsl(${state().hue} 50% 40%)` })}>
    ${model.actions.map((what) => html`<button type="button" data-do=${what} onClick=${() => set(model.act(state(), what))}>${what}</button>`)}
    <ul><${For} each=${() => state().rows}>${(row) => html`<li>${row.text}</li>`}<//></ul>
    <${Show} when=${() => state().open}>${() => html`<p>shown</p>`}<//>
    <input id="name" value=${() => state().name} onInput=${change('name')} />
    <select id="size" value=${() => state().size} onChange=${change('size')}>${model.sizes.map((size) => html`<option>${size}</option>`)}</select>
    <output>${() => `Hello ${state().name}, ${state().size}`}</output>
    <${Show} when=${() => state().modal}>${() => html`<${Portal} mount=${document.body}><dialog open>${() => state().rows.length} rows</dialog><//>`}<//>
  </section>`;
}

render(App, document.querySelector('#app'));
