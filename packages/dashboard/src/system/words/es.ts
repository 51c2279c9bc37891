import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  title: 'Sistema',
  lead: 'Lo que el servidor sabe de sí mismo. El comando «hoory doctor» en su máquina comprueba más.',
  failed: 'No se pudo comprobar el servidor',
  server: 'Servidor',
  serverHelp: 'Versión {{version}}, comprobado a las {{time}}.',
  again: 'Comprobar de nuevo',
  browser: 'Este navegador',
  browserHelp: 'Cómo te llegan los eventos ahora.',
  breaks: 'Afecta a:',
  change: 'Cambiar:',
  ok: 'En orden',
  warning: 'Aviso',
  failedState: 'Fallo',
  skipped: 'Sin comprobar',
  socket: 'Conexión en directo',
  socketLive: 'Los eventos llegan por WebSocket.',
  socketConnecting: 'Se está estableciendo la conexión.',
  socketPolling:
    'Algo entre este navegador y el servidor bloquea los WebSockets. Los eventos se consultan y llegan más tarde.',
  socketOffline: 'No llega ningún evento.',
  testAgain: 'Probar de nuevo',
  newSocket: 'Conexiones nuevas',
  newSocketTesting: 'Se está probando una segunda conexión.',
  newSocketOk: 'Se abrió un segundo WebSocket y el servidor lo recibió.',
  newSocketBlocked: 'No se pudo abrir un segundo WebSocket.',
  newSocketBreaks:
    'Los agentes y clientes que llegan ahora reciben los eventos más tarde, por consulta. También aquellos cuya conexión se corte.',
  newSocketChange:
    'Haz que el proxy deje pasar la conexión WebSocket de /cable, también las nuevas. «hoory doctor» indica la línea.',
  settings: 'Ajustes',
  database: 'Base de datos',
  disk: 'Disco',
  backup: 'Copia de seguridad',
  mail: 'Correo',
  files: 'Almacén de archivos',
  redis: 'Redis',
  nodes: 'Nodos',
  webhooks: 'Webhooks y bots',
  forwarded: 'Tu camino al servidor',
};
