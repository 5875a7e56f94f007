// The document's title: what is shown, then the product.

import { useEffect } from 'preact/hooks';

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Ridealong` : 'Ridealong';
  }, [title]);
}
