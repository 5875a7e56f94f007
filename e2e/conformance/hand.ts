// What a person does with the mouse and the keyboard, and what the page's own script does.
import type { Page } from 'puppeteer-core';
import type { Hand } from './case.ts';

export class HandOf implements Hand {
  constructor(private readonly page: Page) {}

  async run(act: () => unknown): Promise<void> {
    await this.page.evaluate(`(async () => { await (${act})(); })()`);
  }

  async click(selector: string): Promise<void> {
    const { x, y } = await this.middle(selector);
    await this.page.mouse.click(x, y);
  }

  async hover(selector: string): Promise<void> {
    const { x, y } = await this.middle(selector);
    await this.page.mouse.move(x, y);
  }

  async type(selector: string, text: string): Promise<void> {
    await this.click(selector);
    await this.page.keyboard.type(text);
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key as Parameters<Page['keyboard']['press']>[0]);
  }

  private async middle(selector: string): Promise<{ x: number; y: number }> {
    return this.page.evaluate((wanted) => {
      const element = document.querySelector(wanted);
      if (!element) throw new Error(`there is no ${wanted}`);
      element.scrollIntoView({ block: 'nearest', behavior: 'instant' });
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    }, selector);
  }
}
