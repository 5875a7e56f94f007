// Lit: elements in shadow roots with shared adopted styles, slots, a custom state, and a component within a component.
import { css, html, LitElement } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
import * as model from './model.js';

const shared = css`li, p { margin: 2px; color: rgb(10, 60, 90) }`;

class DemoRow extends LitElement {
  static properties = { text: {} };
  static styles = [
    shared,
    css`:host { display: list-item; border-left: 3px solid teal } :host(:state(even)) { border-color: gold }`,
  ];
  #internals = this.attachInternals();

  updated() {
    const even = Number(this.text.slice(4)) % 2 === 0;
    if (even) this.#internals.states.add('even');
    else this.#internals.states.delete('even');
  }

  render() {
    return html`${this.text}<slot></slot>`;
  }
}

class DemoApp extends LitElement {
  static properties = { state: { state: true } };
  static styles = [shared, css`:host { display: block }`];

  constructor() {
    super();
    this.state = model.start;
  }

  render() {
    const { state } = this;
    const act = (what) => () => {
      this.state = model.act(this.state, what);
    };
    const change = (key) => (event) => {
      this.state = { ...this.state, [key]: event.target.value };
    };
    return html`<section style=${styleMap({ borderTop: `2px solid hsl(${state.hue} 50% 40%)` })}>
      ${model.actions.map((what) => html`<button type="button" data-do=${what} @click=${act(what)}>${what}</button>`)}
      <ul>${repeat(
        state.rows,
        (row) => row.id,
        (row) => html`<demo-row .text=${row.text}><i>.</i></demo-row>`,
      )}</ul>
      ${state.open ? html`<p>shown</p>` : ''}
      <input id="name" .value=${state.name} @input=${change('name')}>
      <select id="size" @change=${change('size')}>${model.sizes.map((size) => html`<option ?selected=${size === state.size}>${size}</option>`)}</select>
      <output>Hello ${state.name}, ${state.size}</output>
      ${state.modal ? html`<dialog open>${state.rows.length} rows</dialog>` : ''}
    </section>`;
  }
}

customElements.define('demo-row', DemoRow);
customElements.define('demo-app', DemoApp);
document.querySelector('#app').append(document.createElement('demo-app'));
