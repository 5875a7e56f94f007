// A scripted tour of the whole shop: every kind of page and every kind of change the recorder has to follow.
import { expect, type Page } from '@playwright/test';

/** One stop of the tour; `check` compares the two sides there. */
export type Check = (where: string) => Promise<void>;

export async function home(page: Page, check: Check): Promise<void> {
  await expect(page.locator('.card')).toHaveCount(9);
  await check('home');
  await page.getByRole('button', { name: 'Bags', exact: true }).click();
  await expect(page.locator('.card:visible')).toHaveCount(3);
  await check('filtered');
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await expect(page.locator('.card:visible')).toHaveCount(9);
  await page.locator('button.add').first().click();
  await page.locator('button.add').nth(4).click();
  await page.mouse.wheel(0, 400);
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(100);
  await check('added and scrolled');
}

export async function search(page: Page, check: Check): Promise<void> {
  await page.getByRole('searchbox').fill('lamp');
  await check('searching');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search/);
  await check('found');
}

export async function product(page: Page, check: Check): Promise<void> {
  await page.locator('.card a').first().click();
  await page.waitForURL(/\/product\//);
  await expect(page.locator('#stock')).toContainText('in stock');
  await check('product');
  await page.getByText('Care', { exact: true }).click();
  await page.getByLabel('Quantity').fill('3');
  await page.getByRole('button', { name: 'Sizes' }).click();
  await page.frameLocator('dialog iframe').getByLabel('Your frame').selectOption('L');
  await check('dialog with an iframe');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.locator('.product button.add').click();
  await check('dialog closed');
}

export async function studio(page: Page, check: Check): Promise<void> {
  await page.getByRole('link', { name: 'Bag studio' }).click();
  await page.waitForURL(/\/studio/);
  await page.getByRole('navigation', { name: 'Studio' }).getByRole('link', { name: 'Colour' }).click();
  await page.getByRole('button', { name: 'sun' }).click();
  await check('colour');
  await page.getByRole('navigation', { name: 'Studio' }).getByRole('link', { name: 'Straps' }).click();
  await page.getByLabel('Straps').fill('4');
  await check('straps');
  await page.goBack();
  await check('back');
}

export async function slow(page: Page, check: Check): Promise<void> {
  await page.getByRole('link', { name: 'Repairs' }).click();
  await page.waitForURL(/\/slow/);
  await check('slow page');
}

export async function cart(page: Page, check: Check): Promise<void> {
  await page.locator('.cart-link').click();
  await page.waitForURL(/\/cart/);
  await expect(page.locator('#cart-rows tr').first()).toBeVisible();
  await check('cart');
  await page.getByRole('button', { name: 'Sort by price' }).click();
  await check('sorted');
  await page.getByRole('button', { name: 'Remove' }).first().click();
  await check('removed');
}

export async function checkout(page: Page, check: Check): Promise<void> {
  await page.getByRole('link', { name: 'Checkout' }).click();
  await page.waitForURL(/\/checkout/);
  await check('checkout');
  await page.getByLabel('Name', { exact: true }).fill('Grüße 👩‍👩‍👧 مرحبا 你好');
  await page.getByLabel('E-mail').fill('someone@example.org');
  await page.getByLabel('Password').fill('correct horse');
  await page.getByLabel('Country').selectOption('Denmark');
  await page.getByLabel('Extras').selectOption(['Gift wrap', 'Wax tin']);
  await page.getByLabel('Note').fill('Two lines\nof text');
  await page.getByLabel('Bike courier').check();
  await page.getByLabel('news').check();
  await page.getByLabel('Number').fill('4111 1111 1111 1111');
  await page.getByLabel('Expiry').fill('12 / 29');
  await page.getByLabel('CVC').fill('123');
  await check('filled');
  await page.getByRole('button', { name: 'Pay now' }).click();
  await expect(page.locator('#pay-error')).toContainText('Payment failed');
  await check('payment failed');
}

/** All of it, in a customer's order. */
export async function tour(page: Page, check: Check): Promise<void> {
  for (const part of [home, search, product, studio, slow, cart, checkout]) await part(page, check);
}

/** What was typed on the tour and must reach nobody. */
export const secrets = ['correct horse', '4111 1111 1111 1111', '4111111111111111', 'csrf-secret-7f3a', '12 / 29'];
