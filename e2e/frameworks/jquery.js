// jQuery with jQuery UI: markup by strings, effects that animate style attributes, a dialog, tabs, a sortable list and a slider.
import $ from 'jquery';
import * as model from './model.js';
import './jquery-global.js';
import 'jquery-ui/dist/jquery-ui.js';

let state = model.start;
const app = $('#app').html(
  '<section><nav></nav><ul class="rows"></ul><p hidden>shown</p><input id="name"><select id="size"></select><output></output><div class="slider"></div></section>',
);
for (const what of model.actions)
  $('<button type="button">').attr('data-do', what).text(what).appendTo(app.find('nav'));
for (const size of model.sizes)
  $('<option>')
    .text(size)
    .prop('selected', size === state.size)
    .appendTo(app.find('#size'));

function draw(before) {
  const list = app.find('.rows');
  if (before.rows !== state.rows) {
    list.html(state.rows.map((row) => `<li data-id="${row.id}"><b>${row.text}</b></li>`).join(''));
    list.find('li').first().hide().slideDown(80);
    if (list.data('ui-sortable')) list.sortable('refresh');
  }
  if (before.open !== state.open)
    app.find('p').stop(true, true).attr('hidden', null)[state.open ? 'fadeIn' : 'fadeOut'](80);
  if (before.modal !== state.modal) {
    if (state.modal)
      $('<div class="box">').text(`${state.rows.length} rows`).dialog({ title: 'Rows', modal: true, show: 80 });
    else $('.box').dialog('destroy').remove();
  }
  app.find('section').css('border-top', `2px solid hsl(${state.hue} 50% 40%)`);
  app.find('.slider').slider('value', state.hue % 100);
  app.find('output').text(`Hello ${state.name}, ${state.size}`);
}

function set(next) {
  const before = state;
  state = next;
  draw(before);
}

app.find('.slider').slider({ value: 10 });
app.find('.rows').sortable();
app.on('click', '[data-do]', (event) => set(model.act(state, $(event.currentTarget).data('do'))));
app.on('input change', '#name, #size', (event) => set({ ...state, [event.target.id]: event.target.value }));
draw(state);
