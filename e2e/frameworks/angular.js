// Angular with Zone.js, which puts its own in place of timers, promises, listeners and observers. Templates are compiled in the page
// (the platform's own compiler); everything else is the production build of its packages.
import 'zone.js';
import '@angular/compiler';
import { Component, enableProdMode, provideZoneChangeDetection, ViewEncapsulation } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { bootstrapApplication } from '@angular/platform-browser';
import * as model from './model.js';

class Panel {}
Component({
  selector: 'demo-panel',
  template: '<p>shown<ng-content></ng-content></p>',
  styles: [':host { display: block } p { background: rgb(230, 240, 200) }'],
  encapsulation: ViewEncapsulation.ShadowDom,
})(Panel);

class App {
  model = model;
  state = model.start;
  act(what) {
    this.state = model.act(this.state, what);
  }
}
Component({
  selector: 'demo-app',
  imports: [FormsModule, Panel],
  styles: ['section { padding: 3px } li { margin: 1px }'],
  template: `<section [style.border-top]="'2px solid hsl(' + state.hue + ' 50% 40%)'">
    @for (what of model.actions; track what) { <button type="button" [attr.data-do]="what" (click)="act(what)">{{ what }}</button> }
    <ul>@for (row of state.rows; track row.id) { <li>{{ row.text }}</li> }</ul>
    @if (state.open) { <demo-panel><b>.</b></demo-panel> }
    <input id="name" [(ngModel)]="state.name">
    <select id="size" [(ngModel)]="state.size">@for (size of model.sizes; track size) { <option [value]="size">{{ size }}</option> }</select>
    <output>Hello {{ state.name }}, {{ state.size }}</output>
    @if (state.modal) { <dialog open>{{ state.rows.length }} rows</dialog> }
  </section>`,
})(App);

enableProdMode();
document.querySelector('#app').append(document.createElement('demo-app'));
bootstrapApplication(App, { providers: [provideZoneChangeDetection()] }).catch((error) => console.error(error));
