// What people fill in, and what scripts set for them.
import { ask, type Case } from '../case.ts';

export const forms: Case[] = [
  {
    name: 'fields typed into',
    html: `<form><input id=text><input id=search type=search><textarea id=area rows=3></textarea>
      <input id=number type=number><input id=parsed type=text value="as parsed"><input id=cut value=123456></form>
      <p id=edit contenteditable>before</p>`,
    whole: ['tree', 'form', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.type('#text', 'typed text');
      await hand.type('#search', 'a search');
      await hand.type('#area', 'two\nlines');
      await hand.type('#number', '42');
      await hand.click('#cut');
      for (const key of ['End', 'Backspace', 'Backspace']) await hand.press(key);
      await hand.click('#edit');
      await hand.press('End');
      await hand.type('#edit', ' and after');
      await hand.run(() => (document.activeElement as HTMLElement).blur());
    },
    probes: {
      'input text: typed value': ask((q) => q.$<HTMLInputElement>('#text').value, 'typed text'),
      'input search: typed value': ask((q) => q.$<HTMLInputElement>('#search').value, 'a search'),
      'textarea: typed value with a line break': ask((q) => q.$<HTMLTextAreaElement>('#area').value, 'two\nlines'),
      'input number: typed value': ask((q) => q.$<HTMLInputElement>('#number').value, '42'),
      'input: value attribute as parsed': ask((q) => q.$<HTMLInputElement>('#parsed').value, 'as parsed'),
      'input: characters deleted': ask((q) => q.$<HTMLInputElement>('#cut').value, '1234'),
      'contenteditable: typed text': ask((q) => q.text('#edit').includes('and after'), true),
    },
  },
  {
    name: 'fields set by script',
    html: `<input id=text><textarea id=area>first</textarea><input id=range type=range min=0 max=100 value=10>
      <input id=color type=color><input id=date type=date><input id=time type=time><input id=month type=month>
      <input id=week type=week><input id=local type=datetime-local><progress id=progress max=10></progress>
      <meter id=meter min=0 max=10 value=2></meter><output id=output>o</output><input id=range-text value=abcdef>
      <input id=step type=number value=1 step=3><form><input id=initial value=initial></form>`,
    whole: ['tree', 'form', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.type('#initial', 'changed');
      await hand.run(() => {
        const set = (id: string, value: string | number) =>
          Object.assign(document.getElementById(id) as object, { value });
        set('text', 'by script');
        set('area', 'by script too');
        set('range', 70);
        set('color', '#ff8800');
        set('date', '2026-11-30');
        set('time', '13:45');
        set('month', '2026-11');
        set('week', '2026-W48');
        set('local', '2026-11-30T13:45');
        set('progress', 4);
        set('meter', 7);
        set('output', 'result');
        (document.querySelector('#range-text') as HTMLInputElement).setRangeText('XY', 1, 4);
        (document.querySelector('#step') as HTMLInputElement).stepUp();
        document.querySelector('form')?.reset();
        (document.activeElement as HTMLElement).blur();
      });
    },
    probes: {
      'input: value set by script': ask((q) => q.$<HTMLInputElement>('#text').value, 'by script'),
      'textarea: value set by script': ask((q) => q.$<HTMLTextAreaElement>('#area').value, 'by script too'),
      'input range: value': ask((q) => q.$<HTMLInputElement>('#range').value, '70'),
      'input color: value': ask((q) => q.$<HTMLInputElement>('#color').value, '#ff8800'),
      'input date: value': ask((q) => q.$<HTMLInputElement>('#date').value, '2026-11-30'),
      'input time: value': ask((q) => q.$<HTMLInputElement>('#time').value, '13:45'),
      'input month: value': ask((q) => q.$<HTMLInputElement>('#month').value, '2026-11'),
      'input week: value': ask((q) => q.$<HTMLInputElement>('#week').value, '2026-W48'),
      'input datetime-local: value': ask((q) => q.$<HTMLInputElement>('#local').value, '2026-11-30T13:45'),
      'progress: value': ask((q) => q.$<HTMLProgressElement>('#progress').value, 4),
      'meter: value': ask((q) => q.$<HTMLMeterElement>('#meter').value, 7),
      'output: value': ask((q) => q.text('#output'), 'result'),
      'input: setRangeText': ask((q) => q.$<HTMLInputElement>('#range-text').value, 'aXYef'),
      'input: stepUp': ask((q) => Number(q.$<HTMLInputElement>('#step').value) > 1, true),
      'form: reset': ask((q) => q.$<HTMLInputElement>('#initial').value, 'initial'),
    },
  },
  {
    name: 'boxes and buttons',
    head: '<style>input:checked{outline:3px solid lime}input:indeterminate{outline:3px solid red}</style>',
    html: `<input id=on type=checkbox><input id=off type=checkbox checked><input id=mixed type=checkbox>
      <input id=was type=checkbox><input id=script type=checkbox>
      <input id=a type=radio name=r checked><input id=b type=radio name=r><input id=c type=radio name=s><input id=d type=radio name=s>
      <label id=label><input id=labelled type=checkbox>by its label</label><button id=button disabled>Disabled</button>
      <fieldset id=set disabled><input id=inside></fieldset>`,
    whole: ['tree', 'form', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.click('#on');
      await hand.click('#off');
      await hand.click('#b');
      await hand.click('#label');
      await hand.run(() => {
        const box = (id: string) => document.getElementById(id) as HTMLInputElement;
        box('mixed').indeterminate = true;
        box('was').indeterminate = true;
        box('was').indeterminate = false;
        box('script').checked = true;
        box('d').checked = true;
        (document.querySelector('#button') as HTMLButtonElement).disabled = false;
        (document.activeElement as HTMLElement).blur();
      });
    },
    probes: {
      'checkbox: checked by a click': ask((q) => q.$<HTMLInputElement>('#on').checked, true),
      'checkbox: unchecked by a click': ask((q) => q.$<HTMLInputElement>('#off').checked, false),
      'checkbox: by its label': ask((q) => q.$<HTMLInputElement>('#labelled').checked, true),
      'checkbox: checked by script': ask((q) => q.$<HTMLInputElement>('#script').checked, true),
      indeterminate: ask((q) => q.$<HTMLInputElement>('#mixed').indeterminate, true),
      'indeterminate: rule applied': ask((q) => q.css('#mixed', 'outline-color'), 'rgb(255, 0, 0)'),
      'indeterminate: taken back': ask((q) => q.$<HTMLInputElement>('#was').indeterminate, false),
      'radio: by a click': ask(
        (q) => [q.$<HTMLInputElement>('#a').checked, q.$<HTMLInputElement>('#b').checked],
        [false, true],
      ),
      'radio: by script': ask((q) => q.$<HTMLInputElement>('#d').checked, true),
      'button: enabled by script': ask((q) => q.$<HTMLButtonElement>('#button').disabled, false),
      'fieldset: disabled': ask((q) => q.$('#inside').matches(':disabled'), true),
    },
  },
  {
    name: 'lists of options',
    html: `<select id=one><option>a<option>b<option>c</select><select id=keys><option>a<option>b<option>c</select>
      <select id=many multiple size=5><option>a<option selected>b<option>c<option>d<option>e</select>
      <select id=none><option>a<option>b</select><select id=grown><option>a</select>
      <select id=groups><optgroup label=G><option>a<option id=off disabled>b</optgroup></select>
      <input id=list list=data><datalist id=data><option value=x><option value=y></datalist>`,
    whole: ['tree', 'form', 'pixels'],
    act: async (hand) => {
      await hand.run(() => (document.querySelector('#keys') as HTMLElement).focus());
      await hand.press('ArrowDown');
      await hand.run(() => {
        const select = (id: string) => document.getElementById(id) as HTMLSelectElement;
        select('one').selectedIndex = 2;
        for (const option of select('many').options) option.selected = 'ade'.includes(option.text);
        select('none').selectedIndex = -1;
        select('grown').add(new Option('new', 'new', false, true));
        (document.querySelector('#off') as HTMLOptionElement).disabled = false;
        document.querySelector('#data')?.append(new Option('z', 'z'));
        (document.activeElement as HTMLElement).blur();
      });
    },
    probes: {
      'select: by script': ask((q) => q.$<HTMLSelectElement>('#one').selectedIndex, 2),
      'select: by a key': ask((q) => q.$<HTMLSelectElement>('#keys').selectedIndex, 1),
      'select multiple: selection': ask(
        (q) => [...q.$<HTMLSelectElement>('#many').options].map((o) => o.selected),
        [true, false, false, true, true],
      ),
      'select: nothing selected': ask((q) => q.$<HTMLSelectElement>('#none').selectedIndex, -1),
      'select: an option added and selected': ask((q) => q.$<HTMLSelectElement>('#grown').selectedIndex, 1),
      'select: text of the option added': ask((q) => q.text('#grown'), 'anew'),
      'option: enabled': ask((q) => q.$<HTMLOptionElement>('#off').disabled, false),
      'datalist: options': ask((q) => q.$('#data').children.length, 3),
    },
  },
  {
    name: 'validity and kinds of fields',
    head: `<style>input:invalid{background:rgb(255,200,200)}input:placeholder-shown{border-color:blue}
      input:read-only{font-style:italic}input:required{font-weight:700}::placeholder{color:green}</style>`,
    html: `<input id=required required value=x><input id=mail type=email><input id=shown placeholder=words value=x>
      <input id=readonly><input id=kind value=7><input id=switch type=text value=v><textarea id=area placeholder="in the area"></textarea>`,
    whole: ['tree', 'form', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.type('#mail', 'no mail');
      await hand.press('Tab');
      await hand.run(() => {
        const field = (id: string) => document.getElementById(id) as HTMLInputElement;
        field('required').value = '';
        field('shown').value = '';
        field('readonly').readOnly = true;
        field('kind').type = 'range';
        field('switch').type = 'checkbox';
        field('switch').checked = true;
        (document.activeElement as HTMLElement).blur();
      });
    },
    probes: {
      ':invalid: rule applied': ask((q) => q.css('#required', 'background-color'), 'rgb(255, 200, 200)'),
      ':placeholder-shown: rule applied': ask((q) => q.css('#shown', 'border-top-color'), 'rgb(0, 0, 255)'),
      ':read-only: rule applied': ask((q) => q.css('#readonly', 'font-style'), 'italic'),
      ':required: rule applied': ask((q) => q.css('#required', 'font-weight'), '700'),
      '::placeholder: colour': ask((q) => q.css('#shown', 'color', '::placeholder'), 'rgb(0, 128, 0)'),
      'input: type changed': ask((q) => q.$<HTMLInputElement>('#kind').type, 'range'),
      'input: type changed to a checkbox': ask((q) => q.$<HTMLInputElement>('#switch').checked, true),
      'textarea: placeholder': ask((q) => q.$<HTMLTextAreaElement>('#area').placeholder, 'in the area'),
      'input email: typed value': ask((q) => q.$<HTMLInputElement>('#mail').value, 'no mail'),
    },
  },
];
