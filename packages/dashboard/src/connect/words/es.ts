import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  tabs: 'Formas de conectar',
  curl: 'curl',
  sdk: 'JavaScript',
  embed: 'Página web',
  flutter: 'Flutter',
  curlHelp: 'Pégalo en una terminal: crea un cliente, una conversación y un mensaje.',
  sdkHelp: 'Para navegadores, Node y React Native, con el cliente de este servidor.',
  embedHelp: 'Ponlo antes del final del body de cualquier página: aparece una burbuja de chat.',
  flutterHelp: 'Para apps con el paquete chatwoot_sdk: flutter pub add chatwoot_sdk',
  copyCode: 'Copiar',
  copied: 'Copiado',
  waiting: 'Esperando el primer mensaje…',
  waitingHelp: 'Aparecerá aquí en cuanto llegue.',
  arrived: 'Ha llegado el primer mensaje',
  arrivedFrom: '{{name}} escribió: {{text}}',
  aFile: 'un archivo',
  answer: 'Responder',
  openChat: 'Abrir el chat de ejemplo',
  openChatHelp: 'Escribe allí como lo haría un cliente.',
};
