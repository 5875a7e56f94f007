// Pages that fight back (must hold 5 of the recorder): the agent has what they are at the end, and a fault of ours stays ours (R16).
import { LOADER, Pages } from '../pages.ts';
import { expect, test } from '../test.ts';
import { Visit } from '../visit.ts';

const page = (body: string) =>
  `<!doctype html><html lang=en><head><meta charset=utf-8><title>Fight</title>${LOADER}</head><body><h1>A page that fights</h1><input id=field><p id=mark>begun</p>${body}</body></html>`;

const written =
  '<!doctype html><title>Written</title><h1>written anew</h1><input id=field><p id=mark>begun</p><details><summary>s</summary>d</details>';

/** In the page. `document` is the same all the time, whatever happens to what is in it. */
const fights: Record<string, string> = {
  'document.open, write and close': `document.open(); document.write(${JSON.stringify(written)}); document.close()`,
  'document.write in pieces': `document.open(); for (const letter of ${JSON.stringify(written)}) document.write(letter); document.close()`,
  'the root is replaced': `document.documentElement.replaceWith((() => { const html = document.createElement('html'); html.innerHTML = ${JSON.stringify(`<head></head><body>${written.slice(15)}</body>`)}; return html })())`,
  'the root leaves and comes back': `{ const root = document.documentElement; root.remove(); root.querySelector('#mark').textContent = 'away'; document.append(root); root.querySelector('#mark').textContent = 'begun' }`,
  'the body is another one': `{ const body = document.createElement('body'); body.innerHTML = ${JSON.stringify(written.slice(15))}; document.body.replaceWith(body) }`,
  'all is replaced by its own markup': `document.body.innerHTML = document.body.innerHTML`,
  'frames that reload themselves': `{ for (let i = 0; i < 3; i++) { const frame = document.body.appendChild(document.createElement('iframe')); let n = 0; frame.onload = () => { if (n++ < 8) frame.srcdoc = '<p>frame ' + i + ' time ' + n + '</p>' }; frame.srcdoc = '<p>frame</p>' } }`,
  'frames that write themselves': `{ const frame = document.body.appendChild(document.createElement('iframe')); for (let n = 0; n < 5; n++) { const inner = frame.contentDocument; inner.open(); inner.write('<p>written ' + n + '</p><input value=x>'); inner.close() } }`,
  'an observer that answers': `{ let n = 0; new MutationObserver(() => { if (n++ < 3000) document.body.dataset.n = n }).observe(document, { attributes: true, childList: true, subtree: true }); document.body.append('go') }`,
  'two observers against each other': `{ let n = 0; const p = document.body.appendChild(document.createElement('p')); const q = p.cloneNode(); new MutationObserver(() => { if (n++ < 500) p.isConnected ? p.replaceWith(q) : q.replaceWith(p) }).observe(document.body, { childList: true }); p.after('go') }`,
  'our bar is taken away again and again': `{ let n = 0; const timer = setInterval(() => { for (const bar of document.querySelectorAll('ridealong-bar')) bar.remove(); if (++n > 60) clearInterval(timer) }, 20) }`,
  'a history that floods': `for (let i = 0; i < 150; i++) try { history.pushState(null, '', '?n=' + i) } catch {}`,
  'tasks that block': `{ const p = document.body.appendChild(document.createElement('p')); for (let i = 0; i < 10; i++) { p.textContent = 'block ' + i; for (const end = Date.now() + 200; Date.now() < end; ); } }`,
  'a style in every frame': `{ let n = 0; const turn = () => { document.body.style.left = (n++ % 90) + 'px'; if (n < 120) requestAnimationFrame(turn) }; turn() }`,
  'designMode, and markup by a command': `document.designMode = 'on'; document.getSelection().collapse(document.querySelector('#mark'), 0); document.execCommand('insertHTML', false, '<i>by a command</i>'); document.designMode = 'off'`,
};

test('pages that are torn down and built again are followed, and so is what is typed in them', async ({ browser }) => {
  test.setTimeout(240_000);
  const all = Object.entries(fights);
  const pages = await Pages.open();
  for (const i of all.keys()) pages.put(`/${i}`, { body: page('') });
  await Visit.to(browser, pages, '/0', async (visit) => {
    const { agent, customer, realm } = visit;
    const errors: string[] = [];
    customer.page.on('pageerror', (error) => errors.push(error.message));
    for (const [i, [name, fight]] of all.entries()) {
      const { epoch } = await agent.stats();
      if (i > 0) {
        await customer.page.goto(pages.at(`/${i}`));
        await expect.poll(async () => (await agent.stats()).epoch, { message: name }).toBe(epoch + 1);
      }
      await agent.sees('begun', '#mark');
      await realm.main(fight);
      await visit.same(name);
      await realm.main(`document.querySelector('#mark').textContent = ${JSON.stringify(`after ${name}`)}`);
      await agent.sees(`after ${name}`, '#mark');
      await customer.page.locator('#field').pressSequentially('typed');
      await customer.page.locator('#mark').click();
      await visit.same(`${name}, typed`);
      await expect
        .poll(() => realm.main('document.querySelectorAll("ridealong-bar").length'), { message: name })
        .toBe(1);
      expect(await realm.main('ridealong.state'), name).toBe('live');
    }
    expect(errors).toEqual([]);
    expect((await agent.stats()).mismatches).toBe(0);
  });
});

test('a fault of ours: the page goes on, the document is sent anew, and after the third we leave and the agent is told', async ({
  browser,
}) => {
  const pages = await Pages.open({ '/': { body: page('<ul id=list></ul>') } });
  await Visit.to(browser, pages, '/', async (visit) => {
    const { agent, customer, realm } = visit;
    const errors: string[] = [];
    customer.page.on('pageerror', (error) => errors.push(error.message));
    await agent.sees('begun', '#mark');
    await realm.main(`{
      const { get } = WeakMap.prototype;
      globalThis.faults = 0;
      WeakMap.prototype.get = function (key) {
        if (globalThis.faults > 0 && key instanceof Node) { globalThis.faults--; throw new Error('a fault') }
        return get.call(this, key);
      };
    }`);
    for (const n of [1, 2]) {
      await realm.main(`globalThis.faults = 1; mark.textContent = 'fault ${n}'`);
      await agent.sees(`fault ${n}`, '#mark');
      await visit.same(`after fault ${n}`);
      expect(await realm.main('ridealong.state')).toBe('live');
    }
    await realm.main(`globalThis.faults = 1; mark.textContent = 'the third'`);
    await expect(agent.page.getByTestId('screen-left')).toBeVisible();
    await expect(agent.page.getByTestId('screen-left')).toContainText(/error/i);
    expect(await realm.main('ridealong.state')).toBe('fault');
    expect(await realm.main('sessionStorage.getItem("ridealong")')).toBe(null);
    const natives = 'Element.prototype.attachShadow.toString() + History.prototype.pushState.toString()';
    expect(await realm.main(natives)).not.toContain('Proxy');
    await customer.page.locator('#field').pressSequentially('the page goes on');
    expect(await realm.main('field.value')).toBe('the page goes on');
    expect(errors).toEqual([]);
  });
});
