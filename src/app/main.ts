import { mount } from 'svelte';
import App from './App.svelte';
import { AppState } from './state/app-state.svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/print.css';
import './styles/present.css';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app element.');
mount(App, { target, props: { app: new AppState(window) } });
