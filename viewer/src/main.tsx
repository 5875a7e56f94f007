// Starts the agent's app.

import { render } from 'preact';
import { App } from './app.tsx';
import { takeInvite } from './sessions/secret.ts';
import { route } from './shell/router.ts';
import './theme/index.css';
import { startTheme } from './theme/theme.ts';

// Before anything else: a key in the address bar goes to the tab's storage and out of sight.
const at = route.peek();
if (at.name === 'live') takeInvite(at.session);

startTheme();
const root = document.getElementById('app');
if (root) render(<App />, root);
