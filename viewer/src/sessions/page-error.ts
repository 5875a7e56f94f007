// Whether a page is one that a project's customers may be sent to.

import type { Project } from '../api/types.ts';

/** Why a customer cannot be sent to this page; null when they can. */
export function pageError(page: string, project: Project): string | null {
  let url: URL;
  try {
    url = new URL(page.trim());
  } catch {
    return 'Enter a whole address, like https://shop.example/cart.';
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'The address must begin with https:// or http://.';
  if (!project.origins.includes(url.origin)) return `${url.host} is not one of the sites of ${project.name}.`;
  return null;
}
