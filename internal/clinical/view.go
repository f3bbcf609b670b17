package clinical

// Mark is one part of what a document says, as it is shown: a heading, a paragraph,
// a table, words. It has nothing but its kind and what is in it: no address, no
// style, no picture and no program can be written in marks.
type Mark struct {
	Kind  MarkKind
	Text  string // of MarkWords alone
	Parts []Mark // of everything else
}

// MarkKind is what a mark is. The kinds are all there are: a page draws what it
// knows and leaves out the rest.
type MarkKind uint8

// The kinds of mark.
const (
	MarkWords     MarkKind = iota // plain words
	MarkTitle                     // a heading
	MarkSubtitle                  // a heading below a heading
	MarkParagraph                 //
	MarkList                      // its parts are items
	MarkNumbered                  // a list that counts its items
	MarkItem                      //
	MarkTable                     // its parts are a caption and rows
	MarkCaption                   //
	MarkRow                       // its parts are cells
	MarkHeadCell                  //
	MarkCell                      //
	MarkStrong                    // words that stand out
	MarkEmphasis                  //
	MarkBreak                     // a new line
)

// View is how a file can be looked at without running anything that is in it. The
// zero value is a file that cannot be shown.
type View struct {
	Words  []Mark // what it says, in order
	Cut    bool   // it says more than is shown
	Drawn  bool   // there is a picture of it
	Frames int    // pictures in it: pages of a scan, frames of a film; 0 without one
	Still  Still  // of an image of a body, what names it
	Why    string // key of the reason when there is no picture: "large", "damaged", "stored"...
	How    string // how the picture is stored, when that is why
}

// Still is what tells one medical image from another.
type Still struct {
	Modality string // as the file says it: "CT", "MR"
	Date     string // of the study
	BodyPart string
	Series   string // number and name: "3, AX T2"
	Number   string // of the image in its series
}

// Picture is a still picture that every browser shows.
type Picture struct {
	Type string // "image/png"
	Data []byte
}
