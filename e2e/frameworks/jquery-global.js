// jQuery UI looks for jQuery on the window.
import $ from 'jquery';

globalThis.jQuery = $;
globalThis.$ = $;
