import { App } from './app'

const host = document.getElementById('app')
if (host) new App(host)
