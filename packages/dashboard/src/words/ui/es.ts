import type { Words } from '../words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  close: 'Cerrar',
  copied: 'Copiado',
  copyWhat: 'Copiar {{what}}',
  show: 'Mostrar',
  hide: 'Ocultar',
  saving: 'Guardando',
  saved: 'Guardado',
  tryAgain: 'Reintentar',
  undo: 'Deshacer',
  cancel: 'Cancelar',
  requestId: 'Copiar la petición',
  online: 'En línea',
  busy: 'Ocupado',
  offline: 'No se puede contactar con el servidor. Revisa tu conexión.',
  tooSlow: 'El servidor no respondió a tiempo.',
  notFound: 'Ya no está ahí, o no puedes verlo.',
  serverFault: 'El servidor cometió un error. No se perdió nada; inténtalo de nuevo en un momento.',
  unknownFault: 'Ocurrió algo inesperado. Recarga la página si continúa.',
  selection: 'Lo seleccionado',
  choose: 'Seleccionar a {{name}}',
  chooseThis: 'Seleccionar',
  chooseUpTo: 'Seleccionar hasta aquí',
  chooseAll: 'Toda esta lista',
  unchoose: 'Terminar la selección',
};
