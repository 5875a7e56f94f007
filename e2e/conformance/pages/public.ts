// Public pages, as npm has them, with what a person does on each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ask, type Case } from '../case.ts';

const require = createRequire(import.meta.url);
const HTML = 'text/html; charset=utf-8';

const COMPONENTS = [
  'accordion', 'back-link', 'breadcrumbs', 'button', 'character-count', 'checkboxes', 'cookie-banner', 'date-input', 'details', 'error-message',
  'error-summary', 'fieldset', 'file-upload', 'header', 'inset-text', 'notification-banner', 'pagination', 'panel', 'password-input',
  'phase-banner', 'radios', 'select', 'skip-link', 'summary-list', 'table', 'tabs', 'tag', 'task-list', 'textarea', 'warning-text',
]; // biome-ignore format: a list

/** Without addresses: those are masked in standard mode, wherever they stand. */
function examples(component: string): string {
  const path = require.resolve(`govuk-frontend/dist/govuk/components/${component}/fixtures.json`);
  const { fixtures } = JSON.parse(readFileSync(path, 'utf8')) as {
    fixtures: { name: string; html: string; hidden?: boolean }[];
  };
  const [first] = fixtures.filter(({ hidden }) => !hidden);
  return `<section><h2>${component}</h2>${(first?.html ?? '').replaceAll('@', ' at ')}</section>`;
}

const govuk =
  (): string => `<!doctype html><html lang=en class=govuk-template><head><meta charset=utf-8><title>Components</title>
  <link rel=stylesheet href=govuk-frontend.min.css></head><body class="govuk-template__body js-enabled govuk-frontend-supported">
  <div class=govuk-width-container>${COMPONENTS.map(examples).join('\n')}</div>
  <script type=module>import { initAll } from './govuk-frontend.min.js'; initAll(); document.documentElement.dataset.ready = 1</script></body></html>`;

const openapi = {
  openapi: '3.0.3',
  info: { title: 'Shop', version: '1.0.0', description: 'An API with **some** words.' },
  paths: Object.fromEntries(
    ['orders', 'items', 'people'].map((name) => [
      `/${name}`,
      {
        get: {
          summary: `Lists ${name}`,
          tags: [name],
          parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', default: 10 } }],
          responses: {
            200: {
              description: 'A list',
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
            },
          },
        },
        post: { summary: `Adds to ${name}`, tags: [name], responses: { 201: { description: 'Added' } } },
      },
    ]),
  ),
  components: {
    schemas: { Thing: { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } } } },
  },
};

const swaggerStart = `window.onload = () => { window.ui = SwaggerUIBundle({ spec: ${JSON.stringify(openapi)}, dom_id: '#swagger-ui',
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset], layout: 'BaseLayout' }) }`;

export const published: Case[] = [
  {
    name: 'govuk-frontend: components',
    at: 'govuk-frontend/dist/govuk/components.html',
    files: { 'components.html': { type: HTML, body: govuk() } },
    whole: ['tree', 'form', 'rules', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        while (!document.documentElement.dataset.ready) await new Promise((resolve) => setTimeout(resolve, 20));
      });
      await hand.click('.govuk-accordion__section-button');
      await hand.click('.govuk-radios__input');
      await hand.click('.govuk-checkboxes__input');
      await hand.type('.govuk-character-count textarea', 'Some words that are counted');
      await hand.click('.govuk-tabs__list-item:nth-child(2) a');
      await hand.run(() => {
        (document.activeElement as HTMLElement).blur();
        scrollTo(0, 0);
      });
    },
    probes: {
      'accordion: opened': ask((q) => q.$('.govuk-accordion__section-button').getAttribute('aria-expanded'), 'true'),
      'tabs: the second': ask((q) => q.$('.govuk-tabs__list-item:nth-child(2)').className.includes('selected'), true),
    },
  },
  {
    name: 'startbootstrap-sb-admin-2: dashboard',
    at: 'startbootstrap-sb-admin-2/index.html',
    whole: ['tree', 'form', 'rules', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        // Charts and menus move; what is compared is where they come to rest.
        await new Promise((resolve) => setTimeout(resolve, 1500));
      });
      await hand.click('#userDropdown');
      await hand.run(() => new Promise((resolve) => setTimeout(resolve, 500)));
    },
    probes: {
      'menu: opened': ask((q) => q.$('.topbar .dropdown-menu.show').offsetHeight > 50, true),
    },
  },
  {
    name: 'startbootstrap-sb-admin-2: tables',
    at: 'startbootstrap-sb-admin-2/tables.html',
    whole: ['tree', 'form', 'rules', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        while (!document.querySelector('.dataTables_filter input'))
          await new Promise((resolve) => setTimeout(resolve, 50));
      });
      await hand.type('.dataTables_filter input', 'London');
      await hand.click('#dataTable thead th');
      await hand.run(() => (document.activeElement as HTMLElement).blur());
    },
    probes: {
      'table: filtered': ask((q) => q.d.querySelectorAll('#dataTable tbody tr').length < 20, true),
    },
  },
  {
    name: 'swagger-ui: an API',
    at: 'swagger-ui-dist/index.html',
    files: { 'swagger-initializer.js': { type: 'text/javascript', body: swaggerStart } },
    whole: ['tree', 'form', 'rules', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        while (!document.querySelector('.opblock-summary-control'))
          await new Promise((resolve) => setTimeout(resolve, 50));
      });
      await hand.click('.opblock-summary-control');
      await hand.run(async () => {
        while (!document.querySelector('.try-out button')) await new Promise((resolve) => setTimeout(resolve, 50));
      });
      await hand.click('.try-out button');
      await hand.run(async () => {
        while (!document.querySelector('.parameters input')) await new Promise((resolve) => setTimeout(resolve, 50));
        await new Promise((resolve) => setTimeout(resolve, 700));
        (document.activeElement as HTMLElement).blur();
      });
    },
    probes: {
      'operation: opened': ask((q) => q.d.querySelectorAll('.opblock.is-open').length, 1),
    },
  },
  {
    name: 'reveal.js: slides',
    at: 'reveal.js/demo.html',
    whole: ['tree', 'rules', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        while (!document.querySelector('.reveal.ready')) await new Promise((resolve) => setTimeout(resolve, 50));
      });
      await hand.press('ArrowRight');
      await hand.press('ArrowRight');
      await hand.run(() => new Promise((resolve) => setTimeout(resolve, 1500)));
    },
    probes: {
      'slide: the third': ask(
        (q) => [...q.d.querySelectorAll('.slides > section')].findIndex((e) => e.classList.contains('present')),
        2,
      ),
    },
  },
];
