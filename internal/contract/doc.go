// Package contract holds what every engine command promises about its JSON: a
// strict reader that names each wrong field, the values that have one written form
// (dates, money, percentages), and the JSON Schema made from the same structs.
//
// A command's input and output are plain structs. Their tags say what is allowed:
//
//	json:"kind,omitempty"   the key; a key that no field bears is refused
//	enum:"hmo,ppo,epo"      the only values (of a string, or of each string of a list)
//	min:"0" max:"40"        the range of a number; of a list, how many entries
//	required:"true"         must be present and not null
//	pattern:"^[0-9]{10}$"   the form of a string
//	doc:"..."               what it means, in one sentence, for the schema
//
// Absent and null both mean unknown. A field whose zero value could be taken for an
// answer is therefore a pointer (*bool, *int): nil is unknown, never no.
package contract
