"""The session of the README by the client of openapi-python-client, the package `hoory`."""

import os
from io import BytesIO

from hoory import Client
from hoory.api.contacts_client import create_contact
from hoory.api.conversations_client import create_conversation
from hoory.api.messages_client import list_messages, post_message, post_message_with_files
from hoory.models import CreateContactInput, CreateConversationInput, PostMessageForm, PostMessageInput
from hoory.types import File

client = Client(base_url=os.environ["HOORY_URL"])
inbox = os.environ["HOORY_INBOX"]

contact = create_contact.sync(inbox, client=client, body=CreateContactInput(name="Ana"))
session = (inbox, contact.source_id)
conversation = create_conversation.sync(*session, client=client, body=CreateConversationInput())
place = (*session, conversation.id)

question = PostMessageInput(content="Where is my order?", echo_id="1")
first = post_message.sync(*place, client=client, body=question)
again = post_message.sync(*place, client=client, body=question)
assert first.id == again.id
receipt = File(payload=BytesIO(b"thanks"), file_name="receipt.txt", mime_type="text/plain")
form = PostMessageForm(content="My receipt", attachments=[receipt])
post_message_with_files.sync(*place, client=client, body=form)

messages = list_messages.sync(*place, client=client)
assert [message.content for message in messages] == ["Where is my order?", "My receipt"]
assert messages[0].sender.name == "Ana"
assert messages[1].attachments[0].file_type == "file"
