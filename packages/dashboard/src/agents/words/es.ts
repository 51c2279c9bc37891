import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const es: Words<typeof en> = {
  title: 'Agentes',
  lead: 'Todos los que pueden entrar y responder. Los administradores además cambian los ajustes y ven todas las bandejas.',
  failed: 'No se pudieron cargar los agentes',
  add: 'Invitar a un agente',
  send: 'Invitar',
  edit: 'Editar a {{name}}',
  name: 'Nombre',
  email: 'Correo electrónico',
  emailHelp:
    'Recibirá una carta con un enlace para elegir contraseña. Si este servidor no envía correo, «hoory password-reset» imprime el enlace.',
  role: 'Función',
  agent: 'Agente',
  administrator: 'Administrador',
  agentHelp: 'Responde en las bandejas de las que es miembro.',
  administratorHelp: 'Ve todo y cambia los ajustes.',
  inboxes: 'Miembro de',
  notConfirmed: 'Invitado',
  you: 'Tú',
  invited: 'Se invitó a {{name}}',
  remove: 'Quitar de la cuenta',
  only: 'Solo estás tú',
  onlyHelp: 'Invita a quienes responden contigo a los clientes.',
  membershipFailed: 'Se invitó a {{name}}, pero aún no es miembro de todas las bandejas elegidas',
};
