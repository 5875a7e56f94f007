export function offlineTexts(): import('vite').Plugin;
