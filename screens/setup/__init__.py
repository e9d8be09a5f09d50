"""The setup of a document: title, change types, risk, traits."""
