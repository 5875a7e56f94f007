// Five minutes of somebody in the shop, at a person's pace and with real input: they look around, search, read, put things into the cart
// and fill in the checkout. Every page of a session has a recorder of its own, so every page costs a first picture.

const PAUSE = 2000;
/** Between two keys, ms. */
const KEY = 160;
/** A pointer moves so many times in a second. */
const MOVES = 60;

const WORDS = ['bag', 'light', 'handlebar', 'rain'];

/** Bytes of all frames of a session of so many seconds; contents of pictures are not among them. */
export async function shopSession(browser, shop, recorder, seconds) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, bypassCSP: true });
  await context.addInitScript({ content: recorder });
  const page = await context.newPage();
  const end = performance.now() + seconds * 1000;
  const wait = (ms) => page.waitForTimeout(ms);
  let [x, y] = [600, 300];
  let pages = 0;

  /** The recorder begins, and leaves what it counted where the next page finds it. */
  const arrived = async () => {
    pages++;
    await page.waitForLoadState('load');
    await page.evaluate(async () => {
      const recorder = await globalThis.ridealongBench.start();
      addEventListener('pagehide', () => {
        const errors = recorder.errors.join();
        localStorage.setItem(
          'bench',
          JSON.stringify([...JSON.parse(localStorage.getItem('bench') ?? '[]'), [recorder.bytes(), errors]]),
        );
      });
    });
    await wait(PAUSE);
  };
  const go = async (path) => {
    await page.goto(`${shop}${path}`);
    await arrived();
  };
  const point = async (selector) => {
    const target = page.locator(selector).first();
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    const [toX, toY] = [box.x + box.width / 2, box.y + box.height / 2];
    const steps = MOVES / 2;
    for (let i = 1; i <= steps; i++) {
      const part = (1 - Math.cos((Math.PI * i) / steps)) / 2;
      await page.mouse.move(x + (toX - x) * part, y + (toY - y) * part);
      await wait(1000 / MOVES);
    }
    [x, y] = [toX, toY];
  };
  const click = async (selector) => {
    await point(selector);
    await page.mouse.down();
    await page.mouse.up();
    await wait(PAUSE);
  };
  const type = async (selector, text) => {
    await click(selector);
    await page.keyboard.type(text, { delay: KEY });
    await wait(PAUSE);
  };
  const read = async (times) => {
    for (let i = 0; i < times; i++) {
      await page.mouse.wheel(0, 120);
      await wait(1000);
    }
  };

  for (let round = 0; performance.now() < end; round++) {
    await go('/');
    await read(4);
    for (const kind of ['Lights', 'Bags', '']) await click(`.filters [data-kind="${kind}"]`);
    await read(3);
    await go(`/search?q=${WORDS[round % WORDS.length]}`);
    await read(2);
    await go('/');
    const link = await page
      .locator('#grid a')
      .nth(round % 4)
      .getAttribute('href');
    await go(link);
    await read(4);
    await click('summary');
    await click('button.add');
    await go('/cart');
    await wait(PAUSE * 2);
    await go('/checkout');
    await type('[name=name]', 'Kari Nordmann');
    await type('[name=email]', 'kari.nordmann@shop.example');
    await type('[name=note]', 'Please ring twice, the bell is a quiet one and the dog is a loud one');
    await click('[name=news]');
    await read(4);
  }
  await page.goto('about:blank');
  await page.goto(`${shop}/cart`);
  const counted = await page.evaluate(() => JSON.parse(localStorage.getItem('bench') ?? '[]'));
  await context.close();
  const error = counted.map(([, errors]) => errors).find(Boolean);
  if (error || counted.length !== pages) throw new Error(error ?? `${counted.length} of ${pages} pages counted`);
  return { pages, bytes: counted.reduce((sum, [bytes]) => sum + bytes, 0) };
}
