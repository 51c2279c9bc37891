import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  title: 'Bienvenido a Hoory',
  lead: 'Tres pasos hasta tu primera conversación. Puedes volver a ellos cuando quieras, desde los ajustes.',
  connect: 'Conectar',
  connectHelp: 'Elige la bandeja y pon uno de estos en tu sitio o app.',
  try: 'Probar',
  tryHelp: 'Escribe como lo haría un cliente, en el chat de ejemplo o con el código de arriba.',
  invite: 'Invitar a tu equipo',
  inviteHelp:
    'Serán miembros de esta bandeja y elegirán contraseña con el enlace de su correo. Sin correo, «hoory password-reset» lo imprime.',
  inbox: 'Bandeja',
  inboxHelp: 'Su nombre es lo que ven los clientes.',
  first: 'Añadir una bandeja',
  another: 'Añadir otra bandeja',
  none: 'Crea tu primera bandeja',
  noneHelp: 'Una bandeja recibe las conversaciones de tu chat.',
  failed: 'No se pudieron cargar las bandejas',
  name: 'Nombre',
  email: 'Correo electrónico',
  send: 'Invitar',
  toDesk: 'Ir a las conversaciones',
  identifier: 'Identificador de la bandeja',
};
