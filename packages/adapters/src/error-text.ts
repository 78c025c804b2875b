/** What an error says, to stand in the message of another; anything can be thrown. */
export { messageOf as errorText } from '@sluice/core/authoring'
