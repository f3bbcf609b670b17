package network

func (b *builder) readPlanNet(d document) error { return nil }
